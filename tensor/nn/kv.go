package nn

import "github.com/dauys/dauys/tensor"

// KV is the paged memory of one attention layer as decoder rows see it. Beams and users share the pool by their page
// tables; nothing is copied for them.
type KV struct {
	Pool    tensor.KV      // states [pages, page, kvHeads*dim]
	Slots   *tensor.Tensor // i32 [rows]: where each row's own key goes (page*pageSize + offset), <0: nowhere; nil for cross-attention
	Table   *tensor.Tensor // i32 [rows, maxPages]: the pages of each row's sequence, in order
	Lengths *tensor.Tensor // i32 [rows]: the number of keys that the row sees, its own included
}

// Attend stores keys and values of the rows where they are given, then lets each query row attend to its sequence.
// q is [rows, heads*dim]; k and v are [rows, kvHeads*dim], or nil where the pool was filled before (cross-attention).
func (kv *KV) Attend(q, k, v *tensor.Tensor, o tensor.AttentionOptions) *tensor.Tensor {
	if k != nil {
		kv.Pool.Write(k, v, kv.Slots)
	}
	return q.PagedAttention(kv.Pool, kv.Table, kv.Lengths, o)
}

// Weights gives the probabilities of the chosen heads, [rows, len(heads), maxPages*page], for alignment.
func (kv *KV) Weights(q *tensor.Tensor, heads []int, o tensor.AttentionOptions) *tensor.Tensor {
	return q.PagedAttentionWeights(kv.Pool, kv.Table, kv.Lengths, heads, o)
}
