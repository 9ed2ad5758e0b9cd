package tensor

import "fmt"

// Kind names an operation.
type Kind uint8

// The operations that devices see. The comments give operands (In), weights (Params), results (Out) and attributes.
const (
	KindPointwise        Kind = iota // In: registers 0..n-1, broadcast to Out; Attr: Chain
	KindMatMul                       // In: a [.., m, k], b [.., k, n], residual?; Attr: MatMul
	KindLinear                       // In: x [.., k], residual?; Params: weight [n, k], bias [n]?; Attr: Epilogue
	KindConv1d                       // In: x [b, t, c], residual?; Params: weight [n, c/groups, k], bias [n]?; Attr: Conv1d
	KindLayerNorm                    // In: x [.., k]; Params: gain [k]?, bias [k]?; Attr: Norm
	KindRMSNorm                      // In: x [.., k]; Params: gain [k]?; Attr: Norm
	KindSoftmax                      // In: x [.., k]; Attr: Softmax
	KindEmbedding                    // In: ids i32 [..]; Params: table [n, k]; Out: [.., k]
	KindGather                       // In: x [n, k], ids i32 [m]; Out: [m, k], rows with a negative id are zero
	KindReshape                      // a view, or copied by layout
	KindTranspose                    // a view; Attr: Perm
	KindSlice                        // a view; Attr: Window
	KindCopy                         // In: x; Out: the same values, contiguous
	KindConcat                       // In: any number; Attr: Axis
	KindPadTime                      // In: x [.., t, c]; Attr: Padding
	KindAttention                    // In: q, k, v, lengths?; Attr: AttentionOptions
	KindAttentionWeights             // In: q, k, lengths?; Attr: AttentionOptions
	KindKVWrite                      // In: k, v [rows, w], slots i32 [rows], pool k, pool v; no Out
	KindPagedAttention               // In: q [rows, w], pool k, pool v, table i32, lengths i32; Attr: AttentionOptions
	KindPagedWeights                 // In: q [rows, w], pool k, table i32, lengths i32; Attr: PagedWeights
	KindArgmax                       // In: x [.., n]; Out: i32 [..]
	KindTopK                         // In: x [.., n]; Out: f32 [.., k], i32 [.., k]; Attr: TopK
	KindStore                        // In: value, state; no Out: copies value to state
)

var kindNames = [...]string{
	"pointwise", "matmul", "linear", "conv1d", "layer norm", "rms norm", "softmax", "embedding",
	"gather", "reshape", "transpose", "slice", "copy", "concat", "pad time", "attention", "attention weights", "kv write",
	"paged attention", "paged attention weights", "argmax", "top k", "store",
}

// String gives the operation's name in messages and listings.
func (k Kind) String() string { return kindNames[k] }

// Op is one operation of a program, as devices see it.
type Op struct {
	Kind   Kind
	In     []*Tensor
	Out    []*Tensor
	Params []*Param
	Attr   any // the type that the Kind's comment names
}

// writes tells that the operation changes states, so it must stay although it has no results.
func (op *Op) writes() bool { return op.Kind == KindKVWrite || op.Kind == KindStore }

// Param gives weight i, nil where it is absent.
func (op *Op) Param(i int) *Param {
	if i >= len(op.Params) {
		return nil
	}
	return op.Params[i]
}

// String gives the operation with its shapes: "linear f32[3,512] fc1.weight f32[2048,512] -> f32[3,2048]".
func (op *Op) String() string {
	s := op.Kind.String()
	for _, in := range op.In {
		s += " " + in.String()
	}
	for _, p := range op.Params {
		s += " " + p.String()
	}
	if op.Attr != nil {
		s += fmt.Sprintf(" %v", op.Attr)
	}
	for i, out := range op.Out {
		s += [...]string{" -> ", ", "}[min(i, 1)] + out.String()
	}
	return s
}

// Epilogue is what follows a matrix product in the same kernel: act(product + bias), then + residual.
type Epilogue struct {
	Act      Fn   // FnNone or a function of one argument without constants
	Residual bool // the last operand is added at the end
}

// MatMul is the attribute of KindMatMul.
type MatMul struct{ Epilogue }

// Conv1d is the attribute of KindConv1d.
type Conv1d struct {
	Conv1dOptions
	Padding // rows that are added beside Pad
	Epilogue
}

// Norm is the attribute of the norms.
type Norm struct{ Eps float32 }

// Softmax is the attribute of KindSoftmax.
type Softmax struct{ Log bool }

// Perm is the order of axes of a transpose.
type Perm []int

// Window is the part of an axis that a slice keeps.
type Window struct{ Axis, From, To int }

// Axis is the axis of a concatenation.
type Axis int

// Padding is the number of zero rows that a padding adds before and after.
type Padding struct{ Before, After int }

// TopK is the number of largest values to keep.
type TopK int
