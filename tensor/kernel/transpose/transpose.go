package transpose

import (
	"fmt"

	"github.com/dauys/dauys/tensor/kernel"
)

// tile is the side of the squares that a two-dimensional transpose works in: two tiles are 8 KiB.
const tile = 32

type axis struct{ size, in, out int } // elements and strides

// Transpose permutes the axes of an array. Set In and Out, then Run.
type Transpose struct {
	In, Out []float32
	level   kernel.Level
	outer   []axis // slowest first
	row     axis   // walks the input densely where it can
	column  axis   // walks the output densely
	parts   int
	tiles   int // tiles of rows per outer index
}

// New prepares a permutation: axis i of the output is axis perm[i] of the input. strides are the input's, in elements; nil
// means contiguous.
func New(level kernel.Level, shape, strides, perm []int) (*Transpose, error) {
	if err := check(shape, strides, perm); err != nil {
		return nil, err
	}
	if strides == nil {
		strides = contiguous(shape)
	}
	var axes []axis
	empty := false
	for _, p := range perm {
		empty = empty || shape[p] == 0
		if shape[p] != 1 {
			axes = append(axes, axis{size: shape[p], in: strides[p]})
		}
	}
	t := &Transpose{level: level, row: axis{size: 1}, column: axis{size: 1, in: 1, out: 1}}
	if empty {
		return t, nil
	}
	t.split(merge(axes))
	t.tiles = (t.row.size + tile - 1) / tile
	t.parts = t.tiles
	for _, a := range t.outer {
		t.parts *= a.size
	}
	return t, nil
}

func check(shape, strides, perm []int) error {
	if len(perm) != len(shape) || strides != nil && len(strides) != len(shape) {
		return fmt.Errorf("transpose: %d axes, but permutation %v and strides %v", len(shape), perm, strides)
	}
	seen := make([]bool, len(shape))
	for i, p := range perm {
		if p < 0 || p >= len(shape) || seen[p] || shape[i] < 0 {
			return fmt.Errorf("transpose: %v does not permute the axes of %v", perm, shape)
		}
		seen[p] = true
	}
	return nil
}

func contiguous(shape []int) []int {
	strides, n := make([]int, len(shape)), 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = n
		n *= shape[i]
	}
	return strides
}

// merge joins neighbours that are neighbours in the input too, and sets the output's strides.
func merge(axes []axis) []axis {
	var out []axis
	for _, a := range axes {
		if n := len(out); n > 0 && out[n-1].in == a.in*a.size {
			out[n-1] = axis{size: out[n-1].size * a.size, in: a.in}
			continue
		}
		out = append(out, a)
	}
	for i, n := len(out)-1, 1; i >= 0; i-- {
		out[i].out = n
		n *= out[i].size
	}
	return out
}

// split takes the last axis as the column and, of the others, the one that is densest in the input as the row.
func (t *Transpose) split(axes []axis) {
	if len(axes) == 0 {
		return
	}
	t.column = axes[len(axes)-1]
	axes = axes[:len(axes)-1]
	if len(axes) == 0 {
		return
	}
	dense := 0
	for i, a := range axes {
		if a.in <= axes[dense].in {
			dense = i
		}
	}
	t.row = axes[dense]
	t.outer = append(append(t.outer, axes[:dense]...), axes[dense+1:]...)
}

// Run permutes the whole array.
func (t *Transpose) Run(p kernel.Pool) { p.Run(t.parts, t) }

// Do permutes one strip of tiles.
func (t *Transpose) Do(_, part int) {
	first := part % t.tiles * tile
	rows := min(tile, t.row.size-first)
	from, to := first*t.row.in, first*t.row.out
	for i, rest := len(t.outer)-1, part/t.tiles; i >= 0; i-- {
		a := t.outer[i]
		from += rest % a.size * a.in
		to += rest % a.size * a.out
		rest /= a.size
	}
	if t.column.in == 1 {
		for r := range rows {
			copy(t.Out[to+r*t.row.out:][:t.column.size], t.In[from+r*t.row.in:])
		}
		return
	}
	for c := 0; c < t.column.size; c += tile {
		t.square(from+c*t.column.in, to+c, rows, min(tile, t.column.size-c))
	}
}

// square transposes one tile of rows by columns.
func (t *Transpose) square(from, to, rows, columns int) {
	if t.row.in == 1 {
		Block(t.level, t.Out[to:], t.row.out, t.In[from:], t.column.in, columns, rows)
		return
	}
	for r := range rows {
		in := t.In[from+r*t.row.in:]
		for c := range columns {
			t.Out[to+r*t.row.out+c] = in[c*t.column.in]
		}
	}
}
