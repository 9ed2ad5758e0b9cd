package paged

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
)

// Weights computes the probabilities of chosen heads, for word alignment. Set the fields, then Run.
type Weights struct {
	Rows
	Q       []float32 // [rows, heads*dim]
	QStride int       // elements from row to row
	K       Store
	Out     []float32 // [rows, len(heads), maxPages*page]; unseen keys are 0
	heads   []int
	workers []scratch
}

// NewWeights prepares the probabilities of the listed heads for a pool of so many workers.
func NewWeights(level kernel.Level, c Config, heads []int, workers int) (*Weights, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := c.checkHeads(heads); err != nil {
		return nil, err
	}
	w := &Weights{Rows: Rows{config: c, level: level}, QStride: c.Heads * c.Dim, heads: heads}
	for range workers {
		w.workers = append(w.workers, newScratch(&c, 1, 1))
	}
	return w, nil
}

// Run computes all chosen heads of all rows.
func (w *Weights) Run(p kernel.Pool) { p.Run(w.config.Rows*len(w.heads), w) }

// Do computes one chosen head of one row.
func (w *Weights) Do(worker, part int) {
	c, s := &w.config, &w.workers[worker]
	row, head := part/len(w.heads), w.heads[part%len(w.heads)]
	out := w.Out[part*c.keys():][:c.keys()]
	from, to := w.visible(row)
	clear(out)
	softmax.Scale(w.level, s.q[:c.Dim], w.Q[row*w.QStride+head*c.Dim:][:c.Dim], c.Scale)
	w.scores(s, w.K, group{row, 1}, heads{head, 1}, from, to)
	softmax.Row(w.level, out[from:to], s.scores[:to-from])
}
