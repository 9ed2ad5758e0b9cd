package tensor

import (
	"fmt"
	"slices"
	"strings"
)

// elements is the product of a shape's dimensions.
func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// shapeString writes a shape as [2,1500,512].
func shapeString(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ",")
}

// contiguous gives the strides of a row-major tensor without gaps, in elements.
func contiguous(shape []int) []int {
	strides := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = n
		n *= shape[i]
	}
	return strides
}

// broadcast gives the shape of an element-wise operation on a and b: dimensions are equal or 1, aligned at the end.
func broadcast(a, b []int) ([]int, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	lead := len(a) - len(b)
	for i, d := range b {
		switch {
		case d == a[lead+i] || d == 1:
		case a[lead+i] == 1:
			out[lead+i] = d
		default:
			return nil, false
		}
	}
	return out, true
}
