package attention

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
	"github.com/dauys/dauys/tensor/kernel/tile"
)

// block is how many queries a part has: four register tiles that share a panel of keys while it is in the first cache.
const block = 4 * tile.Rows

// Attention computes out = softmax(q k') v. Set the views (and lengths), then Run.
type Attention struct {
	Q, K, V, Out View
	Lengths      []int32 // [batch] keys that exist; nil: all
	QLengths     []int32 // [batch] queries that exist, the others give zeros; nil: all
	config       Config
	level        kernel.Level
	batch        int // that runs now
	blocks       int // of queries
	packing      packing
	workers      []scratch
}

// scratch is what one worker needs for a block of queries.
type scratch struct {
	q        []float32 // [block, dim], scaled
	scores   []float32 // [block, keys], then the weights before division by their sum
	sums     []float32 // [block, dim in whole vectors]: the weighted values
	from, to [block]int
	inverse  [block]float32
}

// New prepares the attention for a pool of so many workers.
func New(level kernel.Level, c Config, workers int) (*Attention, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	a := &Attention{config: c, level: level, blocks: (c.QTime + block - 1) / block}
	a.packing = newPacking(a)
	for range workers {
		a.workers = append(a.workers, scratch{
			q: make([]float32, block*c.Dim), scores: make([]float32, block*a.packing.keys),
			sums: make([]float32, block*a.packing.dim),
		})
	}
	return a, nil
}

// Run computes all heads of all batches.
func (a *Attention) Run(p kernel.Pool) {
	c := &a.config
	if c.QTime == 0 || c.Dim == 0 {
		return
	}
	for a.batch = 0; a.batch < c.Batch; a.batch++ {
		p.Run(a.packing.parts(), &a.packing)
		p.Run(c.Heads*a.blocks, a)
	}
}

// Do computes a block of queries of one head of the current batch.
func (a *Attention) Do(worker, part int) {
	c, s := &a.config, &a.workers[worker]
	head, first := part/a.blocks, part%a.blocks*block
	rows := min(block, c.QTime-first)
	live := max(0, min(rows, length(a.QLengths, a.batch, c.QTime)-first))
	if live > 0 {
		lo, hi := s.ranges(c, first, live, length(a.Lengths, a.batch, c.KTime))
		kv := head / (c.Heads / c.KVHeads)
		tall := (live + tile.Rows - 1) / tile.Rows * tile.Rows
		a.load(s, head, first, live, tall)
		a.score(s, kv, tall, lo, hi)
		a.normalise(s, live)
		a.sum(s, kv, live, tall, lo, hi)
	}
	for r := range rows {
		out := a.Out.row(a.batch, first+r, head*c.Dim, c.Dim)
		if r >= live || s.inverse[r] == 0 {
			clear(out)
			continue
		}
		softmax.Scale(a.level, out, s.sums[r*a.packing.dim:][:c.Dim], s.inverse[r])
	}
}

// ranges notes which keys each query sees and gives the range that holds them all.
func (s *scratch) ranges(c *Config, first, live, keys int) (lo, hi int) {
	lo = math.MaxInt
	for r := range live {
		s.from[r], s.to[r] = c.visible(first+r, keys)
		if s.from[r] < s.to[r] {
			lo, hi = min(lo, s.from[r]), max(hi, s.to[r])
		}
	}
	return min(lo, hi), hi
}

// load copies the queries, scaled, and clears those that fill up the last tile.
func (a *Attention) load(s *scratch, head, first, live, tall int) {
	dim := a.config.Dim
	for r := range live {
		softmax.Scale(a.level, s.q[r*dim:][:dim], a.Q.row(a.batch, first+r, head*dim, dim), a.config.Scale)
	}
	clear(s.q[live*dim : tall*dim])
}

// score multiplies the queries with the panels that hold the keys lo..hi.
func (a *Attention) score(s *scratch, kv, tall, lo, hi int) {
	dim, keys := a.config.Dim, a.packing.keys
	q := tile.Matrix{Data: s.q, Stride: dim}
	for at := lo / panel * panel; at < hi; at += panel {
		tile.Mul(a.level, tile.Matrix{Data: s.scores[at:], Stride: keys}, q, a.packing.panel(kv, at), tall, dim, panel, false)
	}
}

// normalise turns scores into weights and notes what they must be multiplied with in the end; 0 where no key is seen.
func (a *Attention) normalise(s *scratch, live int) {
	for r := range live {
		s.inverse[r] = 0
		if s.from[r] == s.to[r] {
			continue
		}
		w := s.scores[r*a.packing.keys:][s.from[r]:s.to[r]]
		a.config.bend(a.level, w)
		top := softmax.Max(a.level, w)
		if math.IsInf(float64(top), -1) && softmax.Masked(w) {
			clear(w)
			continue
		}
		s.inverse[r] = 1 / softmax.ExpSum(a.level, w, w, top)
	}
}

// sum adds the values by their weights: the keys that all queries see in tiles, those before and after row by row.
func (a *Attention) sum(s *scratch, kv, live, tall, lo, hi int) {
	common, end := lo, hi
	for r := range live {
		common, end = max(common, s.from[r]), min(end, s.to[r])
	}
	end = max(common, end)
	clear(s.sums[:tall*a.packing.dim])
	for r := range live {
		a.add(s, kv, r, 1, s.from[r], min(common, s.to[r]))
	}
	a.add(s, kv, 0, tall, common, end)
	for r := range live {
		a.add(s, kv, r, 1, max(end, s.from[r]), s.to[r])
	}
}

// add adds the values of the keys from..to to the sums of rows.
func (a *Attention) add(s *scratch, kv, row, rows, from, to int) {
	keys, dim := a.packing.keys, a.packing.dim
	sums := tile.Matrix{Data: s.sums[row*dim:], Stride: dim}
	for at := from; at < to; at += panel {
		weights := tile.Matrix{Data: s.scores[row*keys+at:], Stride: keys}
		tile.Mul(a.level, sums, weights, a.packing.values(kv, at), rows, min(panel, to-at), dim, true)
	}
}
