package attention

import "github.com/dauys/dauys/tensor/kernel"

// Attention computes out = softmax(q k') v. Set the views (and lengths), then Run.
type Attention struct {
	Q, K, V, Out View
	Lengths      []int32 // [batch] keys that exist; nil: all
	QLengths     []int32 // [batch] queries that exist, the others give zeros; nil: all
	config       Config
	level        kernel.Level
	scratch      [][]float32 // by worker: one row of scores
}

// New prepares the attention for a pool of so many workers.
func New(level kernel.Level, c Config, workers int) (*Attention, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	a := &Attention{config: c, level: level}
	for range workers {
		a.scratch = append(a.scratch, make([]float32, c.KTime))
	}
	return a, nil
}

// Run computes all heads of all batches.
func (a *Attention) Run(p kernel.Pool) { p.Run(a.config.Batch*a.config.Heads*a.config.QTime, a) }

// Do computes one query of one head.
func (a *Attention) Do(worker, part int) {
	c := &a.config
	row, head, batch := part%c.QTime, part/c.QTime%c.Heads, part/c.QTime/c.Heads
	out := a.Out.row(batch, row, head*c.Dim, c.Dim)
	clear(out)
	if row >= length(a.QLengths, batch, c.QTime) {
		return
	}
	from, to := c.visible(row, length(a.Lengths, batch, c.KTime))
	p := a.scratch[worker][from:to]
	c.probabilities(a.level, p, a.Q.row(batch, row, head*c.Dim, c.Dim), a.K, batch, head, from)
	kv := head / (c.Heads / c.KVHeads)
	for j, w := range p {
		for i, v := range a.V.row(batch, from+j, kv*c.Dim, c.Dim) {
			out[i] += w * v
		}
	}
}
