package paged

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
)

// Attention computes out = softmax(q k') v for rows of queries. Set the fields, then Run.
type Attention struct {
	rows
	Q, Out             []float32 // [rows, heads*dim]
	QStride, OutStride int       // elements from row to row
	K, V               Store
	scratch            [][]float32 // by worker: scores
}

// New prepares the attention for a pool of so many workers.
func New(level kernel.Level, c Config, workers int) (*Attention, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	a := &Attention{rows: rows{config: c, level: level}, QStride: c.Heads * c.Dim, OutStride: c.Heads * c.Dim}
	for range workers {
		a.scratch = append(a.scratch, make([]float32, c.MaxPages*c.PageSize))
	}
	return a, nil
}

// Run computes all heads of all rows.
func (a *Attention) Run(p kernel.Pool) { p.Run(a.config.Rows*a.config.Heads, a) }

// Do computes one head of one row.
func (a *Attention) Do(worker, part int) {
	c := &a.config
	row, head := part/c.Heads, part%c.Heads
	out := a.Out[row*a.OutStride+head*c.Dim:][:c.Dim]
	clear(out)
	from, to := a.visible(row)
	p := a.scratch[worker][:to-from]
	a.scores(p, a.Q[row*a.QStride+head*c.Dim:][:c.Dim], a.K, row, head, from)
	softmax.Row(a.level, p, p)
	kv := head / (c.Heads / c.KVHeads) * c.Dim
	for at := from; at < to; {
		slot, n := a.run(row, at, to)
		for i := range n {
			for j, v := range a.V.F32[(slot+i)*c.width()+kv:][:c.Dim] {
				out[j] += p[at-from+i] * v
			}
		}
		at += n
	}
}

// scores writes the scores of q with the keys from..from+len(s).
func (r *rows) scores(s, q []float32, keys Store, row, head, from int) {
	c := &r.config
	kv := head / (c.Heads / c.KVHeads) * c.Dim
	for at, to := from, from+len(s); at < to; {
		slot, n := r.run(row, at, to)
		for i := range n {
			var sum float32
			for j, k := range keys.F32[(slot+i)*c.width()+kv:][:c.Dim] {
				sum += q[j] * c.Scale * k
			}
			s[at-from+i] = sum
		}
		at += n
	}
	c.bend(s)
}
