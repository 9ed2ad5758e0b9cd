package attention

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
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
}

// NewWeights prepares the probabilities of the listed heads.
func NewWeights(level kernel.Level, c Config, heads []int) (*Weights, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Weights{config: c, level: level, heads: heads}, nil
}

// Run computes all chosen heads of all batches.
func (w *Weights) Run(p kernel.Pool) { p.Run(w.config.Batch*len(w.heads)*w.config.QTime, w) }

// Do computes one query of one chosen head.
func (w *Weights) Do(_, part int) {
	c := &w.config
	out := w.Out[part*c.KTime:][:c.KTime]
	clear(out)
	row, head, batch := part%c.QTime, w.heads[part/c.QTime%len(w.heads)], part/c.QTime/len(w.heads)
	if row >= length(w.QLengths, batch, c.QTime) {
		return
	}
	from, to := c.visible(row, length(w.Lengths, batch, c.KTime))
	c.probabilities(w.level, out[from:to], w.Q.row(batch, row, head*c.Dim, c.Dim), w.K, batch, head, from)
}

// probabilities writes the softmax of the scores of q with the keys from..from+len(p).
func (c *Config) probabilities(level kernel.Level, p, q []float32, keys View, batch, head, from int) {
	kv := head / (c.Heads / c.KVHeads)
	for j := range p {
		var s float32
		for i, k := range keys.row(batch, from+j, kv*c.Dim, c.Dim) {
			s += q[i] * c.Scale * k
		}
		p[j] = c.bend(s)
	}
	softmax.Row(level, p, p)
}

// bend applies the soft cap to a score.
func (c *Config) bend(s float32) float32 {
	if c.SoftCap <= 0 {
		return s
	}
	return c.SoftCap * float32(math.Tanh(float64(s/c.SoftCap)))
}
