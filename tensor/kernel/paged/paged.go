package paged

import "fmt"

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

// shared is how many query heads read the same key head.
func (c *Config) shared() int { return c.Heads / c.KVHeads }

// keys is the most keys that a row can see.
func (c *Config) keys() int { return c.MaxPages * c.PageSize }

func (c *Config) checkHeads(heads []int) error {
	for _, h := range heads {
		if h < 0 || h >= c.Heads {
			return fmt.Errorf("paged: head %d of %d does not exist", h, c.Heads)
		}
	}
	return nil
}

// Store is one pool [pages, page, kvHeads*dim], in exactly one of the types.
type Store struct {
	F32 []float32
	F16 []uint16
}
