package paged

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
)

// Weights computes the probabilities of chosen heads, for word alignment. Set the fields, then Run.
type Weights struct {
	rows
	Q       []float32 // [rows, heads*dim]
	QStride int       // elements from row to row
	K       Store
	Out     []float32 // [rows, len(heads), maxPages*page]; unseen keys are 0
	heads   []int
}

// NewWeights prepares the probabilities of the listed heads.
func NewWeights(level kernel.Level, c Config, heads []int) (*Weights, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Weights{rows: rows{config: c, level: level}, QStride: c.Heads * c.Dim, heads: heads}, nil
}

// Run computes all chosen heads of all rows.
func (w *Weights) Run(p kernel.Pool) { p.Run(w.config.Rows*len(w.heads), w) }

// Do computes one chosen head of one row.
func (w *Weights) Do(_, part int) {
	c := &w.config
	row, head := part/len(w.heads), w.heads[part%len(w.heads)]
	keys := c.MaxPages * c.PageSize
	out := w.Out[part*keys:][:keys]
	clear(out)
	from, to := w.visible(row)
	w.scores(out[from:to], w.Q[row*w.QStride+head*c.Dim:][:c.Dim], w.K, row, head, from)
	softmax.Row(w.level, out[from:to], out[from:to])
}
