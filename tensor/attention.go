package tensor

// AttentionOptions shapes an attention.
type AttentionOptions struct {
	Heads   int
	KVHeads int     // 0: as Heads; else a divisor of it, for grouped queries
	Scale   float32 // 0: 1/sqrt(width of a head)
	Causal  bool    // query i sees the keys up to i + keys - queries
	Lengths *Tensor // i32 [batch]: the number of valid keys; nil: all. PagedAttention takes its own
}

// Attention gives softmax(scale q k^T) v for each head (Vaswani et al. 2017), q being t [batch, time, heads*dim],
// k and v [batch, keys, kvHeads*dim]. A query that sees no key gives zeros.
func (t *Tensor) Attention(k, v *Tensor, o AttentionOptions) *Tensor {
	o = t.checkAttention("attention", k, v, o)
	in := optional([]*Tensor{t, k, v}, o.Lengths)
	o.Lengths = nil
	return t.g.record(&Op{Kind: KindAttention, In: in, Attr: o}, F32, t.shape...)
}

// AttentionWeights gives the probabilities softmax(scale q k^T) of all heads, [batch, heads, time, keys]; keys that are not
// valid have probability 0.
func (t *Tensor) AttentionWeights(k *Tensor, o AttentionOptions) *Tensor {
	o = t.checkAttention("attention weights", k, k, o)
	in := optional([]*Tensor{t, k}, o.Lengths)
	o.Lengths = nil
	return t.g.record(&Op{Kind: KindAttentionWeights, In: in, Attr: o},
		F32, t.Dim(0), o.Heads, t.Dim(1), k.Dim(1))
}

func optional(in []*Tensor, last *Tensor) []*Tensor {
	if last != nil {
		in = append(in, last)
	}
	return in
}

func (t *Tensor) checkAttention(what string, k, v *Tensor, o AttentionOptions) AttentionOptions {
	for _, x := range []*Tensor{t, k, v} {
		x.wantF32(what)
		if x.Rank() != 3 || x.Dim(0) != t.Dim(0) || x.Dim(1) != k.Dim(1) && x != t {
			refuse("%s: query %s, keys %s, values %s", what, t.describe(), k.describe(), v.describe())
		}
	}
	o = fillHeads(what, t.Dim(2), k.Dim(2), v.Dim(2), o)
	if l := o.Lengths; l != nil {
		l.wantI32(what)
		if l.Rank() != 1 || l.Dim(0) != t.Dim(0) {
			refuse("%s: lengths %s for a batch of %d", what, l.describe(), t.Dim(0))
		}
	}
	return o
}

// fillHeads completes the options and refuses widths that the heads do not divide.
func fillHeads(what string, q, k, v int, o AttentionOptions) AttentionOptions {
	if o.KVHeads == 0 {
		o.KVHeads = o.Heads
	}
	if o.Heads <= 0 || o.KVHeads <= 0 || o.Heads%o.KVHeads != 0 || q%o.Heads != 0 || k != v || k != q/o.Heads*o.KVHeads {
		refuse("%s: %d heads and %d key heads do not fit widths %d (query), %d (keys), %d (values)",
			what, o.Heads, o.KVHeads, q, k, v)
	}
	if o.Scale == 0 {
		o.Scale = rsqrt(q / o.Heads)
	}
	return o
}

// KV is a pool of pages with the keys and values of many sequences: states [pages, page, kvHeads*dim].
type KV struct{ K, V *Tensor }

// Write puts row i of k and v [rows, width] in the pool at slots[i] = page*pageSize + offset; a negative slot skips the row.
// Operations recorded later see it.
func (kv KV) Write(k, v, slots *Tensor) {
	const what = "kv write"
	checkPool(what, kv, k.shape)
	slots.wantI32(what)
	for _, x := range []*Tensor{k, v} {
		x.wantF32(what)
		if x.Rank() != 2 || slots.Rank() != 1 || x.Dim(0) != slots.Dim(0) || x.Dim(1) != kv.K.Dim(2) {
			refuse("%s: keys %s, values %s, slots %s, pool %s", what, k.describe(), v.describe(), slots.describe(), kv.K.describe())
		}
	}
	k.g.recordN(&Op{Kind: KindKVWrite, In: []*Tensor{k, v, slots, kv.K, kv.V}})
}

func checkPool(what string, kv KV, like []int) {
	for _, x := range []*Tensor{kv.K, kv.V} {
		if x == nil || x.kind != SlotState || x.Rank() != 3 || (x.dtype != F32 && x.dtype != F16) {
			refuse("%s of %s: the pool must be f32 or f16 states [pages, page, width]", what, shapeString(like))
		}
	}
	if kv.K.dtype != kv.V.dtype || kv.K.Elements() != kv.V.Elements() || kv.K.Dim(2) != kv.V.Dim(2) {
		refuse("%s: pools of keys %s and values %s differ", what, kv.K.describe(), kv.V.describe())
	}
}

// PagedAttention is one query a row: t [rows, heads*dim] attends to the first lengths[row] keys of its sequence, whose pages
// table [rows, maxPages] lists. lengths is i32 [rows]. Causality is in the lengths. A row of length 0 gives zeros.
func (t *Tensor) PagedAttention(kv KV, table, lengths *Tensor, o AttentionOptions) *Tensor {
	o = t.checkPaged("paged attention", kv, table, lengths, o)
	return t.g.record(&Op{Kind: KindPagedAttention, In: []*Tensor{t, kv.K, kv.V, table, lengths}, Attr: o}, F32, t.shape...)
}

// PagedWeights is the attribute of KindPagedWeights.
type PagedWeights struct {
	AttentionOptions
	Chosen []int // the heads to give
}

// PagedAttentionWeights gives the probabilities of the chosen heads, [rows, len(heads), maxPages*page]; keys behind a row's
// length have probability 0.
func (t *Tensor) PagedAttentionWeights(kv KV, table, lengths *Tensor, heads []int, o AttentionOptions) *Tensor {
	const what = "paged attention weights"
	o = t.checkPaged(what, kv, table, lengths, o)
	for _, h := range heads {
		if h < 0 || h >= o.Heads {
			refuse("%s: head %d of %d", what, h, o.Heads)
		}
	}
	return t.g.record(&Op{Kind: KindPagedWeights, In: []*Tensor{t, kv.K, table, lengths}, Attr: PagedWeights{o, heads}},
		F32, t.Dim(0), len(heads), table.Dim(1)*kv.K.Dim(1))
}

func (t *Tensor) checkPaged(what string, kv KV, table, lengths *Tensor, o AttentionOptions) AttentionOptions {
	t.wantF32(what)
	checkPool(what, kv, t.shape)
	table.wantI32(what)
	lengths.wantI32(what)
	if o.Lengths != nil {
		refuse("%s: lengths are an argument, not an option", what)
	}
	if t.Rank() != 2 || table.Rank() != 2 || lengths.Rank() != 1 || table.Dim(0) != t.Dim(0) || lengths.Dim(0) != t.Dim(0) {
		refuse("%s: query %s, table %s, lengths %s", what, t.describe(), table.describe(), lengths.describe())
	}
	return fillHeads(what, t.Dim(1), kv.K.Dim(2), kv.V.Dim(2), o)
}
