package tensor

import (
	"fmt"
	"slices"

	"github.com/dauys/dauys/fault"
)

// Graph is the record of one program while it is built. It is used by one goroutine, inside Compile.
type Graph struct {
	ops     []*Op
	named   []*Tensor // inputs and states, in order of declaration
	consts  map[*Param]*Tensor
	outputs []output
	stores  []store
}

// output is a tensor that the session shows under a name.
type output struct {
	name string
	t    *Tensor
}

// store is a state's new content, written when the run ends.
type store struct{ state, value *Tensor }

// Tensor is a value of a graph that is being recorded: a shape, a type and where it comes from. It holds no data.
type Tensor struct {
	g     *Graph
	dtype DType
	shape []int
	op    *Op    // nil for inputs, states and weights
	name  string // of inputs, states and outputs
	kind  SlotKind
	param *Param  // of weights
	value *Buffer // of constants that were computed
	root  *Tensor // of views: whose memory it lies in
	Place Place   // where the data lies; set by Compile, read by devices
}

// Input declares values that the caller writes before each run.
func (g *Graph) Input(name string, t DType, shape ...int) *Tensor {
	return g.declare(SlotInput, name, t, shape)
}

// State declares values that stay from run to run. A session owns them (zero at first) or binds a Buffer by the name.
// Programs change states with KV.Write, at once, or with Store, when the run ends.
func (g *Graph) State(name string, t DType, shape ...int) *Tensor {
	return g.declare(SlotState, name, t, shape)
}

func (g *Graph) declare(kind SlotKind, name string, t DType, shape []int) *Tensor {
	for _, d := range shape {
		if d < 0 {
			refuse("%s %q: negative dimension in %s", kind, name, shapeString(shape))
		}
	}
	if slices.ContainsFunc(g.named, func(t *Tensor) bool { return t.name == name }) {
		refuse("%s %q: the name is already in use", kind, name)
	}
	out := &Tensor{g: g, dtype: t, shape: slices.Clone(shape), name: name, kind: kind}
	g.named = append(g.named, out)
	return out
}

// Output gives t a name by which sessions read it after a run.
func (g *Graph) Output(name string, t *Tensor) {
	taken := slices.ContainsFunc(g.named, func(t *Tensor) bool { return t.name == name }) ||
		slices.ContainsFunc(g.outputs, func(o output) bool { return o.name == name })
	if taken {
		refuse("output %q: the name is already in use", name)
	}
	g.outputs = append(g.outputs, output{name, t})
}

// Store makes value the content of state once the run ends. Until then the run reads the old content, so the order of
// Store and of reads does not matter.
func (g *Graph) Store(state, value *Tensor) {
	if state.kind != SlotState || state.op != nil {
		refuse("store: the target is not a state")
	}
	if state.dtype != value.dtype || !slices.Equal(state.shape, value.shape) {
		refuse("store: state %q is %s, the value is %s", state.name, state, value)
	}
	if slices.ContainsFunc(g.stores, func(s store) bool { return s.state == state }) {
		refuse("store: state %q is stored twice", state.name)
	}
	g.stores = append(g.stores, store{state, value})
}

// Param makes a weight an operand of element-wise operations: position tables, scales. Its values become f32.
// Matrices belong in Linear, Conv1d and Embedding, which keep them packed.
func (g *Graph) Param(p *Param) *Tensor {
	if p == nil {
		refuse("param: the weight is nil: it was not bound")
	}
	if t, ok := g.consts[p]; ok {
		return t
	}
	t := &Tensor{g: g, dtype: F32, shape: slices.Clone(p.Shape), name: p.Name, kind: SlotConst, param: p}
	if p.DType == I32 {
		t.dtype = I32
	}
	g.consts[p] = t
	return t
}

// Shape gives the dimensions; do not change them.
func (t *Tensor) Shape() []int { return t.shape }

// Dim gives one dimension; negative axes count from the last.
func (t *Tensor) Dim(axis int) int { return t.shape[t.axis("dim", axis)] }

// Rank is the number of dimensions.
func (t *Tensor) Rank() int { return len(t.shape) }

// DType is the type of the elements.
func (t *Tensor) DType() DType { return t.dtype }

// Elements is the number of values.
func (t *Tensor) Elements() int { return elements(t.shape) }

// String gives type and shape: f32[3,512].
func (t *Tensor) String() string { return t.dtype.String() + shapeString(t.shape) }

// axis resolves a negative axis and refuses one out of range.
func (t *Tensor) axis(what string, axis int) int {
	a := axis
	if a < 0 {
		a += len(t.shape)
	}
	if a < 0 || a >= len(t.shape) {
		refuse("%s: axis %d of %s", what, axis, t)
	}
	return a
}

// record appends an operation with one output.
func (g *Graph) record(op *Op, t DType, shape ...int) *Tensor {
	return g.recordN(op, &Tensor{dtype: t, shape: shape})[0]
}

// recordN appends an operation with any number of outputs.
func (g *Graph) recordN(op *Op, outs ...*Tensor) []*Tensor {
	for _, in := range op.In {
		if in.g != g {
			refuse("%s: operand %s belongs to another graph", op.Kind, in)
		}
	}
	for _, out := range outs {
		out.g, out.op = g, op
	}
	op.Out = outs
	g.ops = append(g.ops, op)
	return outs
}

// recordError is the panic value of a shape error; Compile returns it as an error of kind Invalid.
type recordError struct{ msg string }

func refuse(format string, args ...any) { panic(recordError{fmt.Sprintf(format, args...)}) }

// record runs build and turns its shape errors into an error.
func record(build func(*Graph)) (g *Graph, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case recordError:
			err = fault.Errorf("tensor.Compile", fault.Invalid, "%s", r.msg)
		default:
			panic(r)
		}
	}()
	g = &Graph{consts: map[*Param]*Tensor{}}
	build(g)
	if len(g.outputs) == 0 && len(g.stores) == 0 && !slices.ContainsFunc(g.ops, (*Op).writes) {
		refuse("the program has neither outputs nor stores: nothing to compute")
	}
	return g, nil
}
