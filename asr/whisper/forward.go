package whisper

import (
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/nn"
)

// Forward maps mel [1, 2 positions, mels] to states [1, positions, width]. positions may be fewer than the 1500 of 30 s:
// the window is then simply shorter, as if the recording ended there (the position table is cut).
func (e *Encoder) Forward(g *tensor.Graph, mel *tensor.Tensor, heads int) *tensor.Tensor {
	x := e.Conv1.Forward(mel).GELU()
	x = e.Conv2.Forward(x).GELU()
	x = x.Add(g.Param(e.Positions).Slice(0, 0, x.Dim(1)))
	for i := range e.Blocks {
		x = e.Blocks[i].Forward(x, heads)
	}
	return e.Norm.Forward(x)
}

// Forward maps x [1, positions, width] to the same shape.
func (b *EncoderBlock) Forward(x *tensor.Tensor, heads int) *tensor.Tensor {
	h := b.AttnNorm.Forward(x)
	k, v := b.Attn.KeyValue(h)
	h = b.Attn.Query.Forward(h).Attention(k, v, tensor.AttentionOptions{Heads: heads})
	x = x.Add(b.Attn.Out.Forward(h))
	return x.Add(b.Down.Forward(b.Up.Forward(b.MLPNorm.Forward(x)).GELU()))
}

// KeyValue projects x [.., width] to keys and values of the same shape.
func (a *Attention) KeyValue(x *tensor.Tensor) (k, v *tensor.Tensor) {
	return x.Linear(a.Key, nil), a.Value.Forward(x)
}

// Rows is what one pass of the decoder works on: tokens at positions, and the caches of each block.
type Rows struct {
	Tokens, Positions *tensor.Tensor // i32 [rows]
	Self, Cross       []nn.KV        // a block each
	Heads             int
	// Aligned, where set, gets the attention of each block over the audio, [rows, heads, memory], of the heads that
	// Chosen lists for it.
	Chosen  [][]int
	Aligned func(block int, weights *tensor.Tensor)
}

// Forward maps rows to their last states [rows, width], normalised: [Decoder.Logits] turns them into logits.
func (d *Decoder) Forward(r Rows) *tensor.Tensor {
	x := r.Tokens.Embedding(d.Tokens).Add(r.Positions.Embedding(d.Positions))
	for i := range d.Blocks {
		x = d.Blocks[i].forward(x, i, &r)
	}
	return d.Norm.Forward(x)
}

func (b *DecoderBlock) forward(x *tensor.Tensor, block int, r *Rows) *tensor.Tensor {
	o := tensor.AttentionOptions{Heads: r.Heads}
	h := b.AttnNorm.Forward(x)
	k, v := b.Attn.KeyValue(h)
	h = r.Self[block].Attend(b.Attn.Query.Forward(h), k, v, o)
	x = x.Add(b.Attn.Out.Forward(h))

	q := b.Cross.Query.Forward(b.CrossNorm.Forward(x))
	if r.Aligned != nil && len(r.Chosen[block]) > 0 {
		r.Aligned(block, r.Cross[block].Weights(q, r.Chosen[block], o))
	}
	h = r.Cross[block].Attend(q, nil, nil, o)
	x = x.Add(b.Cross.Out.Forward(h))
	return x.Add(b.Down.Forward(b.Up.Forward(b.MLPNorm.Forward(x)).GELU()))
}

// Logits maps states [rows, width] to logits [rows, vocabulary]; the projection is the embedding (model.py:247).
func (d *Decoder) Logits(x *tensor.Tensor) *tensor.Tensor { return x.Linear(d.Tokens, nil) }
