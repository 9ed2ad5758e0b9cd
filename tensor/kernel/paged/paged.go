package paged

import (
	"fmt"
	"math"

	"github.com/dauys/dauys/tensor/kernel"
)

// Config is the shape and the rule of an attention over pages.
type Config struct {
	Rows, Heads, KVHeads, Dim int // KVHeads 0 means Heads
	Pages, PageSize, MaxPages int // pages in the pool, rows a page, table entries a row
	Scale                     float32
	SoftCap                   float32 // > 0: scores become cap*tanh(score/cap)
	Window                    int     // > 0: only that many of the newest keys
}

func (c *Config) check() error {
	if c.KVHeads == 0 {
		c.KVHeads = c.Heads
	}
	switch {
	case c.Rows < 0 || c.Dim < 0 || c.Pages < 0 || c.PageSize <= 0 || c.MaxPages < 0:
		return fmt.Errorf("paged: impossible size in %+v", *c)
	case c.Heads <= 0 || c.KVHeads <= 0 || c.Heads%c.KVHeads != 0:
		return fmt.Errorf("paged: %d heads cannot share %d key heads: want a multiple", c.Heads, c.KVHeads)
	}
	return nil
}

// width is the number of values in a row of the pool.
func (c *Config) width() int { return c.KVHeads * c.Dim }

// Store is one pool [pages, page, kvHeads*dim], in exactly one of the types.
type Store struct {
	F32 []float32
	F16 []uint16
}

// bend applies the soft cap to scores.
func (c *Config) bend(s []float32) {
	if c.SoftCap <= 0 {
		return
	}
	for i, v := range s {
		s[i] = c.SoftCap * float32(math.Tanh(float64(v/c.SoftCap)))
	}
}

// rows resolves which keys each row sees.
type rows struct {
	Table   []int32 // [rows, maxPages]
	Lengths []int32 // [rows]
	config  Config
	level   kernel.Level
}

// visible gives the range of keys that a row sees.
func (r *rows) visible(row int) (from, to int) {
	c := &r.config
	to = max(0, min(int(r.Lengths[row]), c.MaxPages*c.PageSize))
	if c.Window > 0 {
		from = max(0, to-c.Window)
	}
	table := r.Table[row*c.MaxPages:][:c.MaxPages]
	for p := from / c.PageSize; p*c.PageSize < to; p++ {
		if table[p] < 0 || int(table[p]) >= c.Pages {
			to = p * c.PageSize
		}
	}
	return min(from, to), to
}

// run gives the pool row of key at, and how many of the keys at..to follow each other in the pool.
func (r *rows) run(row, at, to int) (slot, n int) {
	c := &r.config
	table := r.Table[row*c.MaxPages:][:c.MaxPages]
	page := at / c.PageSize
	slot = int(table[page])*c.PageSize + at%c.PageSize
	n = c.PageSize - at%c.PageSize
	for at+n < to && table[page+1] == table[page]+1 {
		n += c.PageSize
		page++
	}
	return slot, min(n, to-at)
}
