package transpose

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C ../gen . transpose

// squares transposes the part that is made of 8 by 8 squares and gives its size.
func squares(level kernel.Level, dst []float32, dstStride int, src []float32, srcStride, rows, columns int) (r, c int) {
	if level < kernel.AVX2 || columns < 8 {
		return 0, 0
	}
	for ; r+8 <= rows; r += 8 {
		stripAVX2(&dst[r], 4*dstStride, &src[r*srcStride], 4*srcStride, columns&^7)
	}
	return r, columns &^ 7
}
