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

// Bind fills the weight fields of model, a pointer to a struct (see [nn.Walk]), with the tensors of f by table. The
// fields stay valid until f is closed. The error, of kind Corrupt, lists every name that does not fit; model must not be
// used then.
func Bind(model any, f *File, table NameTable) error {
	b := &binder{fields: map[string]nn.Field{}}
	for field := range nn.Walk(model) {
		*field.Param = nil
		b.order = append(b.order, field.Path)
		b.fields[field.Path] = field
	}
	if len(b.fields) != len(b.order) {
		return fault.Errorf("weights.Bind", fault.Internal, "two fields of %T have the same path", model)
	}
	for _, rule := range table.Rules {
		b.patterns = append(b.patterns, compile(rule.from))
	}
	for _, t := range f.Tensors {
		if err := b.tensor(f, t, table.Rules); err != nil {
			b.refused = append(b.refused, fmt.Sprintf("%s: %v", t.Name, err))
		}
	}
	b.ties()
	b.aliases(table.Rules)
	b.missing = b.unbound(table.Absent)
	return fault.E("weights.Bind", fault.Corrupt, b.report(f.Path))
}

// binder is one binding under way.
type binder struct {
	fields   map[string]nn.Field
	order    []string
	patterns []pattern // of the table's rules
	tied     []tie
	unused   []string // tensors without a field
	missing  []string // fields without a tensor
	refused  []string // tensors that do not fit, each with the reason
}

// tie is a tensor that must equal a field.
type tie struct {
	param *tensor.Param
	path  string
}

// tensor applies the first rule that matches t.
func (b *binder) tensor(f *File, t *mapped.Tensor, rules []Rule) error {
	rule, names := b.find(t, rules)
	switch rule.kind {
	case ignore:
		if rule.reason == "" {
			return errors.New("it is ignored without a reason")
		}
		return nil
	case expect:
		v, err := f.Int(t.Name)
		if err == nil && v != rule.value {
			err = fmt.Errorf("it is %d, this program knows %d only", v, rule.value)
		}
		return err
	case zero:
		p, err := param(t)
		if err != nil {
			return err
		}
		return allZero(p)
	}
	p, err := param(t)
	if err != nil {
		return err
	}
	to := make([]string, len(rule.to))
	for i := range to {
		to[i] = names.Replace(rule.to[i])
	}
	return b.apply(rule, t.Name, p, to)
}

// find is the rule for t: by its name, then by its consumers; a plain Rename to its own name where there is none.
func (b *binder) find(t *mapped.Tensor, rules []Rule) (Rule, *strings.Replacer) {
	for i, rule := range rules {
		if rule.kind == alias {
			continue
		}
		if names, ok := b.patterns[i].match(t.Name); ok {
			return rule, names
		}
		for _, consumer := range t.Consumers {
			if names, ok := b.patterns[i].match("@" + consumer); ok {
				return rule, names
			}
		}
	}
	return Rename(t.Name, t.Name), strings.NewReplacer()
}

func (b *binder) apply(rule Rule, from string, p *tensor.Param, to []string) (err error) {
	switch rule.kind {
	case split:
		return b.split(from, p, to)
	case same:
		b.tied = append(b.tied, tie{p, to[0]})
		return nil
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
	return b.set(from, to[0], p)
}

func (b *binder) split(from string, p *tensor.Param, to []string) error {
	for i, path := range to {
		piece, err := part(p, i, len(to))
		if err != nil {
			return err
		}
		if path == Zero {
			err = allZero(piece)
		} else {
			err = b.set(from, path, piece)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// set gives the field at path its weight.
func (b *binder) set(from, path string, p *tensor.Param) error {
	field, ok := b.fields[path]
	if !ok {
		if from != path {
			from += " (" + path + ")"
		}
		b.unused = append(b.unused, from)
		return nil
	}
	if *field.Param != nil {
		return fmt.Errorf("%s is bound already", path)
	}
	p.Name = path
	if p.Scale != nil {
		p.Scale.Name = path + " (scale)"
	}
	*field.Param = p
	return nil
}

// ties compares the tensors that repeat a field, or binds them where the field has no other.
func (b *binder) ties() {
	for _, t := range b.tied {
		name := t.param.Name
		field, ok := b.fields[t.path]
		var err error
		if ok && *field.Param != nil {
			err = equal(t.param, *field.Param)
		} else {
			err = b.set(name, t.path, t.param)
		}
		if err != nil {
			b.refused = append(b.refused, fmt.Sprintf("%s: %v", name, err))
		}
	}
}

func (b *binder) aliases(rules []Rule) {
	for _, rule := range rules {
		if rule.kind != alias {
			continue
		}
		to, of := b.fields[rule.to[0]], b.fields[rule.from]
		if to.Param != nil && of.Param != nil && *to.Param == nil {
			*to.Param = *of.Param
		}
	}
}

// unbound lists the fields that lack a weight and may not.
func (b *binder) unbound(absent []string) []string {
	var may []pattern
	for _, a := range absent {
		may = append(may, compile(a))
	}
	var names []string
	for _, path := range b.order {
		field := b.fields[path]
		allowed := absent == nil || slices.ContainsFunc(may, func(p pattern) bool { return p.expr.MatchString(path) })
		if *field.Param == nil && !(field.Optional && allowed) {
			names = append(names, path)
		}
	}
	return names
}

// report puts the lists into one error, nil where all are empty.
func (b *binder) report(path string) error {
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
