package paged

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
	"github.com/dauys/dauys/tensor/kernel/tile"
	"github.com/dauys/dauys/tensor/kernel/vmath"
)

// reach is how many keys are handled at once: their part of one head stays in the first cache for all rows of a group.
const reach = 64

// Rows says which keys each row sees.
type Rows struct {
	Table   []int32 // [rows, maxPages]
	Lengths []int32 // [rows]
	config  Config
	level   kernel.Level
}

func (r *Rows) table(row int) []int32 { return r.Table[row*r.config.MaxPages:][:r.config.MaxPages] }

func (r *Rows) length(row int) int { return max(0, min(int(r.Lengths[row]), r.config.keys())) }

// visible gives the range of keys that a row sees.
func (r *Rows) visible(row int) (from, to int) {
	c := &r.config
	to = r.length(row)
	if c.Window > 0 {
		from = max(0, to-c.Window)
	}
	table := r.table(row)
	for p := from / c.PageSize; p*c.PageSize < to; p++ {
		if table[p] < 0 || int(table[p]) >= c.Pages {
			to = p * c.PageSize
		}
	}
	return min(from, to), to
}

// stretch gives the rows of a pool, at one key head, that hold the keys from at on, and how many of them follow each other:
// at most reach, not beyond to.
func (r *Rows) stretch(s *scratch, pool Store, row, kv, at, to int) (tile.Matrix, int) {
	c := &r.config
	table, page := r.table(row), at/c.PageSize
	slot := int(table[page])*c.PageSize + at%c.PageSize
	n, most := c.PageSize-at%c.PageSize, min(reach, to-at)
	for n < most && table[page+1] == table[page]+1 {
		n += c.PageSize
		page++
	}
	n = min(n, most)
	first := slot*c.width() + kv*c.Dim
	if pool.F16 == nil {
		return tile.Matrix{Data: pool.F32[first:], Stride: c.width()}, n
	}
	tile.Widen(r.level, s.wide, pool.F16[first:], c.width(), n, c.Dim)
	return tile.Matrix{Data: s.wide, Stride: c.Dim}, n
}

// scores writes the scores of the group's queries with the keys from..to.
func (r *Rows) scores(s *scratch, pool Store, g group, kv, from, to int) {
	dim, keys := r.config.Dim, r.config.keys()
	for at := from; at < to; {
		k, n := r.stretch(s, pool, g.first, kv, at, to)
		for i := range g.rows {
			tile.Dots(r.level, s.scores[i*keys+at-from:][:n], s.q[i*dim:][:dim], k)
		}
		at += n
	}
	for i := range g.rows {
		r.bend(s.scores[i*keys:][:to-from])
	}
}

// bend applies the soft cap to scores.
func (r *Rows) bend(s []float32) {
	if limit := r.config.SoftCap; limit > 0 {
		softmax.Scale(r.level, s, s, 1/limit)
		vmath.Tanh(r.level, s, s)
		softmax.Scale(r.level, s, s, limit)
	}
}
