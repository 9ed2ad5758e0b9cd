package attention

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
	"github.com/dauys/dauys/tensor/kernel/tile"
	"github.com/dauys/dauys/tensor/kernel/vmath"
)

// Weights computes the probabilities of chosen heads, for word alignment. Set the views (and lengths), then Run.
type Weights struct {
	Q, K     View
	Out      []float32 // [batch, len(heads), QTime, KTime]; unseen keys are 0
	Lengths  []int32   // [batch] keys that exist; nil: all
	QLengths []int32   // [batch] queries that exist, the others give zeros; nil: all
	config   Config
	level    kernel.Level
	heads    []int
	workers  [][]float32 // a scaled query each
}

// NewWeights prepares the probabilities of the listed heads for a pool of so many workers.
func NewWeights(level kernel.Level, c Config, heads []int, workers int) (*Weights, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := c.checkHeads(heads); err != nil {
		return nil, err
	}
	w := &Weights{config: c, level: level, heads: heads}
	for range workers {
		w.workers = append(w.workers, make([]float32, c.Dim))
	}
	return w, nil
}

// Run computes all chosen heads of all batches.
func (w *Weights) Run(p kernel.Pool) { p.Run(w.config.Batch*len(w.heads)*w.config.QTime, w) }

// Do computes one query of one chosen head.
func (w *Weights) Do(worker, part int) {
	c := &w.config
	out := w.Out[part*c.KTime:][:c.KTime]
	row, head, batch := part%c.QTime, w.heads[part/c.QTime%len(w.heads)], part/c.QTime/len(w.heads)
	from, to := c.visible(row, length(w.Lengths, batch, c.KTime))
	if row >= length(w.QLengths, batch, c.QTime) {
		to = from
	}
	clear(out)
	p, q := out[from:to], w.workers[worker]
	if len(p) == 0 {
		return
	}
	softmax.Scale(w.level, q, w.Q.row(batch, row, head*c.Dim, c.Dim), c.Scale)
	kv := head / (c.Heads / c.KVHeads)
	keys := tile.Matrix{Data: w.K.Data[batch*w.K.Batch+from*w.K.Row+kv*c.Dim:], Stride: w.K.Row}
	tile.Dots(w.level, p, q, keys)
	c.bend(w.level, p)
	softmax.Row(w.level, p, p)
}

// bend applies the soft cap to scores.
func (c *Config) bend(level kernel.Level, s []float32) {
	if c.SoftCap <= 0 {
		return
	}
	softmax.Scale(level, s, s, 1/c.SoftCap)
	vmath.Tanh(level, s, s)
	softmax.Scale(level, s, s, c.SoftCap)
}
