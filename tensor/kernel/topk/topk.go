package topk

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
)

// Argmax gives the index of the largest value of x, the first of equals; -1 when all are -Inf or NaN.
func Argmax(level kernel.Level, x []float32) int {
	var value [1]float32
	var index [1]int32
	Row(level, value[:], index[:], x)
	return int(index[0])
}

// Row writes the len(values) largest values of x and their indices.
func Row(level kernel.Level, values []float32, indices []int32, x []float32) {
	k := len(values)
	least := float32(math.Inf(-1))
	for i := range k {
		values[i], indices[i] = least, -1
	}
	if k == 0 {
		return
	}
	for at := 0; at < len(x); {
		at += above(level, x[at:], values[k-1])
		if at < len(x) {
			insert(values, indices[:k], x[at], int32(at))
			at++
		}
	}
}

// insert places v among the falling values, after its equals.
func insert(values []float32, indices []int32, v float32, index int32) {
	i := len(values) - 1
	for ; i > 0 && values[i-1] < v; i-- {
		values[i], indices[i] = values[i-1], indices[i-1]
	}
	values[i], indices[i] = v, index
}

// TopK finds the largest values of each row. Set In, Values and Indices, then Run.
type TopK struct {
	In             []float32 // [rows, width]
	InStride       int       // elements from row to row
	Values         []float32 // [rows, k], or nil
	Indices        []int32   // [rows, k]
	level          kernel.Level
	rows, width, k int
	scratch        []float32 // values when the caller wants none
}

// New prepares top-k of rows of width values.
func New(level kernel.Level, rows, width, k int) *TopK {
	return &TopK{InStride: width, level: level, rows: rows, width: width, k: k, scratch: make([]float32, rows*k)}
}

// Run searches all rows.
func (t *TopK) Run(p kernel.Pool) { p.Run(t.rows, t) }

// Do searches one row.
func (t *TopK) Do(_, row int) {
	values := t.Values
	if values == nil {
		values = t.scratch
	}
	Row(t.level, values[row*t.k:][:t.k], t.Indices[row*t.k:][:t.k], t.In[row*t.InStride:][:t.width])
}

// portableAbove gives the index of the first value of x above least, len(x) for none.
func portableAbove(x []float32, least float32) int {
	for i, v := range x {
		if v > least {
			return i
		}
	}
	return len(x)
}
