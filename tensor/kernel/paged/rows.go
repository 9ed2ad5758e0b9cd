package paged

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/softmax"
	"github.com/dauys/dauys/tensor/kernel/tile"
	"github.com/dauys/dauys/tensor/kernel/vmath"
)

// reach is how many keys are handled at once: their part of the pool stays in the caches for all rows of a group.
const reach = 128

// Rows says which keys each row sees.
type Rows struct {
	Table   []int32 // [rows, maxPages]
	Lengths []int32 // [rows]
	config  Config
	level   kernel.Level
}

// heads is a range of query heads.
type heads struct{ first, n int }

// keys gives the key heads that they read.
func (h heads) keys(c *Config) (first, n int) {
	first = h.first / c.shared()
	return first, (h.first+h.n-1)/c.shared() - first + 1
}

// of gives the columns of query head i of the range in what stretch gave.
func (h heads) of(c *Config, m tile.Matrix, i int) tile.Matrix {
	at := (h.first+i)/c.shared() - h.first/c.shared()
	return tile.Matrix{Data: m.Data[at*c.Dim:], Stride: m.Stride}
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

// stretch gives the rows of a pool, from the first head of the span on, that hold the keys from at on, and how many of them
// follow each other: at most reach, not beyond to.
func (r *Rows) stretch(s *scratch, pool Store, row int, span heads, at, to int) (tile.Matrix, int) {
	c := &r.config
	table, page := r.table(row), at/c.PageSize
	slot := int(table[page])*c.PageSize + at%c.PageSize
	n, most := c.PageSize-at%c.PageSize, min(reach, to-at)
	for n < most && table[page+1] == table[page]+1 {
		n += c.PageSize
		page++
	}
	n = min(n, most)
	head, some := span.keys(c)
	first := slot*c.width() + head*c.Dim
	if pool.F16 == nil {
		return tile.Matrix{Data: pool.F32[first:], Stride: c.width()}, n
	}
	tile.Widen(r.level, s.wide, pool.F16[first:], c.width(), n, some*c.Dim)
	return tile.Matrix{Data: s.wide, Stride: some * c.Dim}, n
}

// scores writes the scores of the group's queries, at the heads of the span, with the keys from..to.
func (r *Rows) scores(s *scratch, pool Store, g group, span heads, from, to int) {
	c := &r.config
	for at := from; at < to; {
		keys, n := r.stretch(s, pool, g.first, span, at, to)
		for h := range span.n {
			k := span.of(c, keys, h)
			for i := range g.rows {
				tile.Dots(r.level, s.score(c, h, i)[at-from:][:n], s.query(c, h, i), k)
			}
		}
		at += n
	}
	for h := 0; h < span.n && c.SoftCap > 0; h++ {
		for i := range g.rows {
			r.bend(s.score(c, h, i)[:to-from])
		}
	}
}

// bend applies the soft cap to scores.
func (r *Rows) bend(s []float32) {
	softmax.Scale(r.level, s, s, 1/r.config.SoftCap)
	vmath.Tanh(r.level, s, s)
	softmax.Scale(r.level, s, s, r.config.SoftCap)
}
