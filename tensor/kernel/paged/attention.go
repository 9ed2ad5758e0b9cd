package paged

import (
	"math"
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
	heads              int // key heads in a part: neighbours, so that memory is read in long stretches
	spans              int // parts of a group
	workers            []scratch
}

// New prepares the attention for a pool of so many workers.
func New(level kernel.Level, c Config, workers int) (*Attention, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	a := &Attention{Rows: Rows{config: c, level: level}, QStride: c.Heads * c.Dim, OutStride: c.Heads * c.Dim}
	a.groups = make([]group, 0, c.Rows)
	a.heads = (c.KVHeads + workers - 1) / workers
	a.spans = (c.KVHeads + a.heads - 1) / a.heads
	for range workers {
		a.workers = append(a.workers, newScratch(&c, a.heads*c.shared(), a.heads))
	}
	return a, nil
}

// Run computes all heads of all rows.
func (a *Attention) Run(p kernel.Pool) {
	if a.config.Dim == 0 {
		return
	}
	a.groups = a.groups[:0]
	for r := range a.config.Rows {
		if n := len(a.groups) - 1; n >= 0 && a.groups[n].rows < tile.Rows && a.same(a.groups[n].first, r) {
			a.groups[n].rows++
			continue
		}
		a.groups = append(a.groups, group{r, 1})
	}
	p.Run(len(a.groups)*a.spans, a)
}

// same reports that two rows see the same keys.
func (a *Attention) same(r, s int) bool {
	c := &a.config
	used := (a.length(r) + c.PageSize - 1) / c.PageSize
	return a.length(r) == a.length(s) && slices.Equal(a.table(r)[:used], a.table(s)[:used])
}

// Do computes some neighbouring heads of one group.
func (a *Attention) Do(worker, part int) {
	c, s := &a.config, &a.workers[worker]
	g, first := a.groups[part/a.spans], part%a.spans*a.heads
	from, to := a.visible(g.first)
	span := heads{first * c.shared(), min(a.heads, c.KVHeads-first) * c.shared()}
	for h := range span.n {
		for r := range g.rows {
			q := a.Q[(g.first+r)*a.QStride+(span.first+h)*c.Dim:][:c.Dim]
			softmax.Scale(a.level, s.query(c, h, r), q, c.Scale)
		}
	}
	a.scores(s, a.K, g, span, from, to)
	for h := range span.n {
		for r := range g.rows {
			s.inverse[h*tile.Rows+r] = a.exponents(s.score(c, h, r)[:to-from])
		}
	}
	a.sum(s, g, span, from, to)
	for h := range span.n {
		for r := range g.rows {
			out := a.Out[(g.first+r)*a.OutStride+(span.first+h)*c.Dim:][:c.Dim]
			softmax.Scale(a.level, out, s.sums[(h*tile.Rows+r)*c.Dim:][:c.Dim], s.inverse[h*tile.Rows+r])
		}
	}
}

// exponents turns scores into weights and gives what they must be multiplied with; 0 where no key counts.
func (a *Attention) exponents(s []float32) float32 {
	top := softmax.Max(a.level, s)
	if math.IsInf(float64(top), -1) && softmax.Masked(s) {
		clear(s)
		return 0
	}
	return 1 / softmax.ExpSum(a.level, s, s, top)
}

// sum adds the values of the keys from..to by their weights.
func (a *Attention) sum(s *scratch, g group, span heads, from, to int) {
	c, tall := &a.config, 1
	if g.rows > 1 {
		tall = tile.Rows
	}
	clear(s.sums)
	for at := from; at < to; {
		values, n := a.stretch(s, a.V, g.first, span, at, to)
		for h := range span.n {
			sums := tile.Matrix{Data: s.sums[h*tile.Rows*c.Dim:], Stride: c.Dim}
			weights := tile.Matrix{Data: s.score(c, h, 0)[at-from:], Stride: c.keys()}
			tile.Mul(a.level, sums, weights, span.of(c, values, h), tall, n, c.Dim, true)
		}
		at += n
	}
}
