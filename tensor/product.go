package tensor

import "slices"

// Conv1dOptions shapes a convolution over time. Zero means stride 1, no padding, dilation 1, one group.
type Conv1dOptions struct {
	Stride   int
	Pad      int // zero rows before and after; PadTime gives unequal ones
	Dilation int
	Groups   int
}

// MatMul gives t b for t [.., m, k] and b [.., k, n]; leading dimensions are equal, or b has none.
func (t *Tensor) MatMul(b *Tensor) *Tensor {
	t.wantF32("matmul")
	b.wantF32("matmul")
	if t.Rank() < 2 || b.Rank() < 2 || t.Dim(-1) != b.Dim(-2) {
		refuse("matmul: %s and %s do not fit", t.describe(), b.describe())
	}
	lead := b.shape[:b.Rank()-2]
	if len(lead) != 0 && !slices.Equal(lead, t.shape[:t.Rank()-2]) {
		refuse("matmul: leading dimensions of %s and %s differ", t.describe(), b.describe())
	}
	shape := append(slices.Clone(t.shape[:t.Rank()-1]), b.Dim(-1))
	return t.g.record(&Op{Kind: KindMatMul, In: []*Tensor{t, b}, Attr: MatMul{}}, F32, shape...)
}

// MatMulT gives t b^T for t [.., m, k] and b [.., n, k].
func (t *Tensor) MatMulT(b *Tensor) *Tensor {
	if b.Rank() < 2 {
		refuse("matmul: %s and %s do not fit", t.describe(), b.describe())
	}
	perm := make([]int, b.Rank())
	for i := range perm {
		perm[i] = i
	}
	n := len(perm)
	perm[n-1], perm[n-2] = n-2, n-1
	return t.MatMul(b.Transpose(perm...))
}

// Linear gives t w^T + bias for t [.., in], w [out, in] and bias [out] or nil.
func (t *Tensor) Linear(w, bias *Param) *Tensor {
	t.wantF32("linear")
	wantParam("linear", w, 2)
	if t.Rank() == 0 || t.Dim(-1) != w.Shape[1] {
		refuse("linear: weight %s wants %d columns, the input is %s", w, w.Shape[1], t.describe())
	}
	wantVector("linear", bias, w.Shape[0])
	shape := append(slices.Clone(t.shape[:t.Rank()-1]), w.Shape[0])
	return t.g.record(&Op{Kind: KindLinear, In: []*Tensor{t}, Params: []*Param{w, bias}, Attr: Epilogue{}}, F32, shape...)
}

// Conv1d convolves t [batch, time, in] with w [out, in/groups, taps]: out[b, i, o] = bias[o] + sum over c, j of
// t[b, i*stride + j*dilation - pad, c] w[o, c, j]. The result is [batch, (time + 2 pad - dilation (taps-1) - 1)/stride + 1, out].
func (t *Tensor) Conv1d(w, bias *Param, o Conv1dOptions) *Tensor {
	t.wantF32("conv1d")
	wantParam("conv1d", w, 3)
	o.Stride, o.Dilation, o.Groups = max(o.Stride, 1), max(o.Dilation, 1), max(o.Groups, 1)
	if t.Rank() != 3 || t.Dim(2) != w.Shape[1]*o.Groups || w.Shape[0]%o.Groups != 0 {
		refuse("conv1d: weight %s with %d groups does not fit the input %s", w, o.Groups, t.describe())
	}
	wantVector("conv1d", bias, w.Shape[0])
	span := t.Dim(1) + 2*o.Pad - o.Dilation*(w.Shape[2]-1) - 1
	if span < 0 || o.Pad < 0 {
		refuse("conv1d: weight %s: %d rows with padding %d are fewer than the taps need", w, t.Dim(1), o.Pad)
	}
	return t.g.record(&Op{Kind: KindConv1d, In: []*Tensor{t}, Params: []*Param{w, bias}, Attr: Conv1d{Conv1dOptions: o}},
		F32, t.Dim(0), span/o.Stride+1, w.Shape[0])
}

// wantParam refuses an absent weight and one of another rank.
func wantParam(what string, p *Param, rank int) {
	if p == nil {
		refuse("%s: the weight is nil: it was not bound", what)
	}
	if len(p.Shape) != rank {
		refuse("%s: weight %s must have %d dimensions", what, p, rank)
	}
}

// wantVector refuses a bias or gain that is not a vector of n. nil is fine.
func wantVector(what string, p *Param, n int) {
	if p != nil && (len(p.Shape) != 1 || p.Shape[0] != n) {
		refuse("%s: %s must be [%d]", what, p, n)
	}
}
