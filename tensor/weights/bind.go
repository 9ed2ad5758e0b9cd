package weights

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/nn"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// Bind fills the weight fields of model, a pointer to a struct (see [nn.Walk]), with the tensors of f by table. A field
// that held a param with a shape keeps that shape: a tensor of another is refused. The fields stay valid until f is
// closed. The error, of kind Corrupt, lists every name that does not fit; model must not be used then.
func Bind(model any, f *File, table NameTable) error { return Apply(f, table).Bind(model) }

// Canonical is a file seen through a name table: weights under a model's names.
type Canonical struct {
	file    *File
	table   NameTable
	weights map[string]*tensor.Param
	order   []source // in the file's order
	refused []string // tensors that do not fit the table, each with the reason
}

// source is a weight and the tensor that it comes from.
type source struct {
	param *tensor.Param // its Name is the canonical one
	from  string
	same  bool // it repeats another weight
}

// Apply translates the names of f. What does not fit the table comes out as the error of Bind.
func Apply(f *File, table NameTable) *Canonical {
	c := &Canonical{file: f, table: table, weights: map[string]*tensor.Param{}}
	patterns := make([]pattern, len(table.Rules))
	for i, rule := range table.Rules {
		patterns[i] = compile(rule.from)
	}
	for _, t := range f.Tensors {
		rule, names := find(t, table.Rules, patterns)
		if err := c.tensor(t, rule, names); err != nil {
			c.refuse(t.Name, err)
		}
	}
	for _, s := range c.order { // a copy counts where the original is not in the file
		if s.same && c.weights[s.param.Name] == nil {
			c.weights[s.param.Name] = s.param
		}
	}
	for _, rule := range table.Rules {
		if of := c.weights[rule.from]; rule.kind == alias && of != nil && c.weights[rule.to[0]] == nil {
			c.weights[rule.to[0]] = of
		}
	}
	return c
}

// Shape gives the dimensions of a weight by its canonical name: a model's sizes can be read before it is made.
func (c *Canonical) Shape(name string) (shape []int, ok bool) {
	p := c.weights[name]
	if p == nil {
		return nil, false
	}
	return p.Shape, true
}

func (c *Canonical) refuse(name string, err error) {
	c.refused = append(c.refused, fmt.Sprintf("%s: %v", name, err))
}

// find is the first rule for t, by its name or a consumer; a plain Rename to its own name where there is none.
func find(t *mapped.Tensor, rules []Rule, patterns []pattern) (Rule, *strings.Replacer) {
	for i, rule := range rules {
		if rule.kind == alias {
			continue
		}
		if names, ok := patterns[i].match(t.Name); ok {
			return rule, names
		}
		for _, consumer := range t.Consumers {
			if names, ok := patterns[i].match("@" + consumer); ok {
				return rule, names
			}
		}
	}
	return Rename(t.Name, t.Name), strings.NewReplacer()
}

// tensor does with t what rule says.
func (c *Canonical) tensor(t *mapped.Tensor, rule Rule, names *strings.Replacer) error {
	switch rule.kind {
	case ignore:
		if rule.reason == "" {
			return errors.New("it is ignored without a reason")
		}
		return nil
	case expect:
		v, err := c.file.Int(t.Name)
		if err == nil && v != rule.value {
			err = fmt.Errorf("it is %d, this program knows %d only", v, rule.value)
		}
		return err
	}
	p, err := param(t)
	if err != nil {
		return err
	}
	switch rule.kind {
	case zero:
		return allZero(p)
	case split:
		return c.split(t.Name, p, rule.to, names)
	case permute:
		p, err = permuted(p, rule.dims)
	case reshape:
		p, err = reshaped(p, rule.dims)
	case rows:
		p, err = reordered(p, rule.order)
	}
	if err != nil {
		return err
	}
	return c.add(p, source{from: t.Name, same: rule.kind == same}, names.Replace(rule.to[0]))
}

func (c *Canonical) split(from string, p *tensor.Param, to []string, names *strings.Replacer) error {
	for i, name := range to {
		piece, err := part(p, i, len(to))
		if err != nil {
			return err
		}
		if name == Zero {
			err = allZero(piece)
		} else {
			err = c.add(piece, source{from: from}, names.Replace(name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add gives p its canonical name.
func (c *Canonical) add(p *tensor.Param, s source, name string) error {
	p.Name, s.param = name, p
	if p.Scale != nil {
		p.Scale.Name = name + " (scale)"
	}
	if !s.same {
		if c.weights[name] != nil {
			return fmt.Errorf("another tensor is %s already", name)
		}
		c.weights[name] = p
	}
	c.order = append(c.order, s)
	return nil
}

// Bind is the function Bind for a file that was translated before.
func (c *Canonical) Bind(model any) error {
	fields := map[string]nn.Field{}
	var order []string
	b := &binding{refused: slices.Clone(c.refused)}
	for field := range nn.Walk(model) {
		if _, twice := fields[field.Path]; twice {
			return fault.Errorf("weights.Bind", fault.Internal, "two fields of %T are called %s", model, field.Path)
		}
		fields[field.Path] = field
		order = append(order, field.Path)
	}
	for _, s := range c.order {
		b.check(s, c.weights[s.param.Name], fields)
	}
	for _, path := range order {
		field := fields[path]
		*field.Param = c.weights[path]
		if *field.Param == nil && !(field.Optional && c.table.mayLack(path)) {
			b.missing = append(b.missing, path)
		}
	}
	return fault.E("weights.Bind", fault.Corrupt, b.report(c.file.Path))
}

// binding collects what does not fit.
type binding struct {
	unused  []string // tensors without a field
	missing []string // fields without a tensor
	refused []string // tensors that do not fit, each with the reason
}

// check holds a weight of the file against its field.
func (b *binding) check(s source, bound *tensor.Param, fields map[string]nn.Field) {
	path := s.param.Name
	field, ok := fields[path]
	if !ok {
		if s.from != path {
			s.from += " (" + path + ")"
		}
		b.unused = append(b.unused, s.from)
		return
	}
	err := error(nil)
	if want := *field.Param; want != nil && !slices.Equal(want.Shape, s.param.Shape) {
		err = fmt.Errorf("its shape is %v, the model's %v", s.param.Shape, want.Shape)
	} else if s.param != bound {
		err = equal(s.param, bound)
	}
	if err != nil {
		b.refused = append(b.refused, fmt.Sprintf("%s: %v", s.from, err))
	}
}

// report puts the lists into one error, nil where all are empty.
func (b *binding) report(path string) error {
	var parts []string
	add := func(what string, names []string) {
		if len(names) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s: %s", len(names), what, shorten(names)))
		}
	}
	add("weights missing", b.missing)
	add("tensors unused", b.unused)
	add("tensors refused", b.refused)
	if parts == nil {
		return nil
	}
	return fmt.Errorf("%s: %s", path, strings.Join(parts, "; "))
}

// maxListed keeps the message of a file of another model readable.
const maxListed = 24

func shorten(names []string) string {
	if len(names) > maxListed {
		return strings.Join(names[:maxListed], ", ") + fmt.Sprintf(" and %d more", len(names)-maxListed)
	}
	return strings.Join(names, ", ")
}

// allZero proves that p holds zeros only; the sign of a floating-point zero does not matter.
func allZero(p *tensor.Param) error {
	b, err := p.Load()
	if err != nil {
		return err
	}
	width := p.DType.Size()
	for i, x := range b {
		if i%width == width-1 && p.DType != tensor.I8 && p.DType != tensor.I32 {
			x &= 0x7f
		}
		if x != 0 {
			return errors.New("it should hold zeros only")
		}
	}
	return nil
}

func equal(a, b *tensor.Param) error {
	if a.DType != b.DType || !slices.Equal(a.Shape, b.Shape) {
		return fmt.Errorf("it is %v, not what %v is", a, b)
	}
	x, err := a.Load()
	if err != nil {
		return err
	}
	y, err := b.Load()
	if err != nil {
		return err
	}
	if !bytes.Equal(x, y) {
		return fmt.Errorf("it differs from %s, which it should repeat", b.Name)
	}
	for _, p := range []*tensor.Param{a, b} {
		if p.Release != nil {
			p.Release()
		}
	}
	return nil
}
