package paged

import (
	"slices"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
	"github.com/dauys/dauys/tensor/kernel/tile"
)

// group is rows that see the same keys, at most a register tile of them.
type group struct{ first, rows int }

// Attention computes out = softmax(q k') v for rows of queries. Set the fields, then Run.
type Attention struct {
	Rows
	Q, Out             []float32 // [rows, heads*dim]
	QStride, OutStride int       // elements from row to row
	K, V               Store
	groups             []group
	workers            []scratch
}

// scratch is what one worker needs for one head of a group.
type scratch struct {
	q, sums []float32 // [tile.Rows, dim]
	scores  []float32 // [tile.Rows, keys]
	wide    []float32 // [reach, dim]: a stretch of f16 rows
}

func newScratch(c *Config) scratch {
	return scratch{q: make([]float32, tile.Rows*c.Dim), sums: make([]float32, tile.Rows*c.Dim),
		scores: make([]float32, tile.Rows*c.keys()), wide: make([]float32, reach*c.Dim)}
}

// New prepares the attention for a pool of so many workers.
func New(level kernel.Level, c Config, workers int) (*Attention, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	a := &Attention{Rows: Rows{config: c, level: level}, QStride: c.Heads * c.Dim, OutStride: c.Heads * c.Dim}
	a.groups = make([]group, 0, c.Rows)
	for range workers {
		a.workers = append(a.workers, newScratch(&c))
	}
	return a, nil
}

// Run computes all heads of all rows.
func (a *Attention) Run(p kernel.Pool) {
	a.groups = a.groups[:0]
	for r := range a.config.Rows {
		if n := len(a.groups) - 1; n >= 0 && a.groups[n].rows < tile.Rows && a.same(a.groups[n].first, r) {
			a.groups[n].rows++
			continue
		}
		a.groups = append(a.groups, group{r, 1})
	}
	p.Run(len(a.groups)*a.config.Heads, a)
}

// same reports that two rows see the same keys.
func (a *Attention) same(r, s int) bool {
	c := &a.config
	used := (a.length(r) + c.PageSize - 1) / c.PageSize
	return a.length(r) == a.length(s) && slices.Equal(a.table(r)[:used], a.table(s)[:used])
}

// Do computes one head of one group.
func (a *Attention) Do(worker, part int) {
	c, s := &a.config, &a.workers[worker]
	g, head := a.groups[part/c.Heads], part%c.Heads
	from, to := a.visible(g.first)
	if c.Dim == 0 {
		return
	}
	n, keys, tall := to-from, c.keys(), 1
	if g.rows > 1 {
		tall = tile.Rows
	}
	for r := range g.rows {
		softmax.Scale(a.level, s.q[r*c.Dim:][:c.Dim], a.Q[(g.first+r)*a.QStride+head*c.Dim:][:c.Dim], c.Scale)
	}
	kv := head / (c.Heads / c.KVHeads)
	a.scores(s, a.K, g, kv, from, to)
	clear(s.sums[:tall*c.Dim])
	weights, sums := tile.Matrix{Data: s.scores, Stride: keys}, tile.Matrix{Data: s.sums, Stride: c.Dim}
	var inverse [tile.Rows]float32
	for r := range g.rows {
		inverse[r] = a.exponents(s.scores[r*keys:][:n])
	}
	for at := from; at < to; {
		values, length := a.stretch(s, a.V, g.first, kv, at, to)
		tile.Mul(a.level, sums, tile.Matrix{Data: weights.Data[at-from:], Stride: keys}, values, tall, length, c.Dim, true)
		at += length
	}
	for r := range g.rows {
		out := a.Out[(g.first+r)*a.OutStride+head*c.Dim:][:c.Dim]
		if inverse[r] == 0 {
			clear(out)
			continue
		}
		softmax.Scale(a.level, out, s.sums[r*c.Dim:][:c.Dim], inverse[r])
	}
}

// exponents turns scores into weights and gives what they must be multiplied with; 0 where no key counts.
func (a *Attention) exponents(s []float32) float32 {
	if softmax.Masked(s) {
		clear(s)
		return 0
	}
	return 1 / softmax.ExpSum(a.level, s, s, softmax.Max(a.level, s))
}
