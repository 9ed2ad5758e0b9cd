package tensor

import (
	"math"
	"slices"
)

// Embedding gives the rows of table [n, width] whose numbers t (i32 [..]) holds: [.., width]. An id out of range gives zeros.
func (t *Tensor) Embedding(table *Param) *Tensor {
	t.wantI32("embedding")
	wantParam("embedding", table, 2)
	shape := append(slices.Clone(t.shape), table.Shape[1])
	return t.g.record(&Op{Kind: KindEmbedding, In: []*Tensor{t}, Params: []*Param{table}}, F32, shape...)
}

// Gather gives the rows of t [n, width] whose numbers ids (i32 [m]) holds: [m, width]. An id out of range gives zeros.
func (t *Tensor) Gather(ids *Tensor) *Tensor {
	t.wantF32("gather")
	ids.wantI32("gather")
	if t.Rank() != 2 || ids.Rank() != 1 {
		refuse("gather: rows of %s by %s", t.describe(), ids.describe())
	}
	return t.g.record(&Op{Kind: KindGather, In: []*Tensor{t, ids}}, F32, ids.Dim(0), t.Dim(1))
}

// Argmax gives the index of the largest value of each row of t [.., n], the first of equals, as i32 [..].
func (t *Tensor) Argmax() *Tensor {
	t.wantRows("argmax")
	return t.g.record(&Op{Kind: KindArgmax, In: []*Tensor{t}}, I32, slices.Clone(t.shape[:t.Rank()-1])...)
}

// TopK gives the k largest values of each row of t [.., n], largest first, and their indices (i32); of equals the lower index
// comes first. Both are [.., k].
func (t *Tensor) TopK(k int) (values, ids *Tensor) {
	t.wantRows("top k")
	if k <= 0 || k > t.Dim(-1) {
		refuse("top k: %d of %s", k, t.describe())
	}
	shape := append(slices.Clone(t.shape[:t.Rank()-1]), k)
	outs := t.g.recordN(&Op{Kind: KindTopK, In: []*Tensor{t}, Attr: TopK(k)},
		&Tensor{dtype: F32, shape: shape}, &Tensor{dtype: I32, shape: slices.Clone(shape)})
	return outs[0], outs[1]
}

// rsqrt gives 1/sqrt(n), rounded once.
func rsqrt(n int) float32 { return float32(1 / math.Sqrt(float64(n))) }
