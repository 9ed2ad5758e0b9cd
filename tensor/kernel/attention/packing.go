package attention

import (
	"github.com/dauys/dauys/tensor/kernel/tile"
	"github.com/dauys/dauys/tensor/kernel/transpose"
)

// panel is how many keys a packed panel has: the width of the widest register tile.
const panel = 64

// packing holds the keys and values of one batch as the tiles read them.
type packing struct {
	of     *Attention
	keys   int       // KTime in whole panels
	dim    int       // Dim in whole vectors of 16
	k      []float32 // [kvHeads, keys/panel, dim, panel]
	v      []float32 // [kvHeads, keys, dim in whole vectors]
	panels int       // of a head
}

func newPacking(a *Attention) packing {
	c := &a.config
	p := packing{of: a, panels: (c.KTime + panel - 1) / panel, dim: (c.Dim + 15) &^ 15}
	p.keys = p.panels * panel
	p.k = make([]float32, c.KVHeads*p.keys*c.Dim)
	p.v = make([]float32, c.KVHeads*p.keys*p.dim)
	return p
}

// parts is how many panels the current batch has.
func (p *packing) parts() int {
	c := &p.of.config
	used := (length(p.of.Lengths, p.of.batch, c.KTime) + panel - 1) / panel
	return used * c.KVHeads
}

// Do packs one panel of one key head.
func (p *packing) Do(_, part int) {
	a := p.of
	c := &a.config
	kv, first := part%c.KVHeads, part/c.KVHeads*panel
	n := min(panel, length(a.Lengths, a.batch, c.KTime)-first)
	k := p.panel(kv, first).Data
	transpose.Block(a.level, k, panel, a.K.Data[a.batch*a.K.Batch+first*a.K.Row+kv*c.Dim:], a.K.Row, n, c.Dim)
	for j := range n {
		copy(p.values(kv, first+j).Data, a.V.row(a.batch, first+j, kv*c.Dim, c.Dim))
	}
	for i := 0; i < c.Dim && n < panel; i++ {
		clear(k[i*panel+n : (i+1)*panel])
	}
}

// panel gives the packed keys [dim, panel] of the panel that holds key at.
func (p *packing) panel(kv, at int) tile.Matrix {
	return tile.Matrix{Data: p.k[(kv*p.panels+at/panel)*panel*p.of.config.Dim:], Stride: panel}
}

// values gives the packed values from key at on.
func (p *packing) values(kv, at int) tile.Matrix {
	return tile.Matrix{Data: p.v[(kv*p.keys+at)*p.dim:], Stride: p.dim}
}
