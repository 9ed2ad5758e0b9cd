package paged

import "github.com/dauys/dauys/tensor/kernel/tile"

// scratch is what one worker needs for some heads of a group.
type scratch struct {
	q, sums []float32 // [query heads, tile.Rows, dim]
	scores  []float32 // [query heads, tile.Rows, keys]
	inverse []float32 // [query heads, tile.Rows]
	wide    []float32 // [reach, heads*dim]: a stretch of f16 rows
}

// newScratch makes room for so many query heads, that read so many key heads.
func newScratch(c *Config, queries, heads int) scratch {
	n := queries * tile.Rows
	return scratch{
		q: make([]float32, n*c.Dim), sums: make([]float32, n*c.Dim), scores: make([]float32, n*c.keys()),
		inverse: make([]float32, n), wide: make([]float32, reach*heads*c.Dim),
	}
}

// query is the scaled query of a row, at query head h of the span.
func (s *scratch) query(c *Config, h, row int) []float32 {
	return s.q[(h*tile.Rows+row)*c.Dim:][:c.Dim]
}

// score is the scores or weights of a row and, behind them, of the rows after it.
func (s *scratch) score(c *Config, h, row int) []float32 {
	return s.scores[(h*tile.Rows+row)*c.keys():]
}
