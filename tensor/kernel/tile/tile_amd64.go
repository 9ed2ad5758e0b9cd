package tile

import (
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel"
)

//go:generate go run -C ../gen . tile

// vectors multiplies the whole vectors of columns and gives how many columns that is.
func vectors(level kernel.Level, c, a, b Matrix, rows, k, n int, add bool) int {
	lanes := 16
	switch {
	case level == kernel.Portable:
		return 0
	case level < kernel.AVX512:
		lanes = 8
	}
	n &^= lanes - 1
	for at := 0; at < n; {
		width := min(n-at, 4*lanes)
		if lanes == 8 {
			width = min(n-at, 2*lanes)
		}
		strip(level, Matrix{c.Data[at:], c.Stride}, a, Matrix{b.Data[min(at, len(b.Data)):], b.Stride}, rows, k, width, add)
		at += width
	}
	return n
}

// strip multiplies columns that fit a register tile.
func strip(level kernel.Level, c, a, b Matrix, rows, k, width int, add bool) {
	more := 0
	if add {
		more = 1
	}
	for from := 0; from < k || from == 0; from += reach {
		steps := min(reach, k-from)
		for r := 0; r < rows; {
			tall := rows-r >= Rows
			call(level, tall, width, &c.Data[r*c.Stride], 4*c.Stride, pointer(a.Data, r*a.Stride+from), 4*a.Stride,
				pointer(b.Data, from*b.Stride), 4*b.Stride, steps, more)
			if tall {
				r += Rows
			} else {
				r++
			}
		}
		more = 1
	}
}

// pointer is &x[i], nil where nothing is there and nothing will be read.
func pointer(x []float32, i int) *float32 {
	if i >= len(x) {
		return nil
	}
	return (*float32)(unsafe.Pointer(&x[i]))
}

func call(level kernel.Level, tall bool, width int, c *float32, ldc int, a *float32, lda int, b *float32, ldb, k, more int) {
	if level < kernel.AVX512 {
		callAVX2(tall, width, c, ldc, a, lda, b, ldb, k, more)
		return
	}
	switch {
	case tall && width == 64:
		product6x64AVX512(c, ldc, a, lda, b, ldb, k, more)
	case tall && width == 48:
		product6x48AVX512(c, ldc, a, lda, b, ldb, k, more)
	case tall && width == 32:
		product6x32AVX512(c, ldc, a, lda, b, ldb, k, more)
	case tall:
		product6x16AVX512(c, ldc, a, lda, b, ldb, k, more)
	case width == 64:
		product1x64AVX512(c, ldc, a, lda, b, ldb, k, more)
	case width == 48:
		product1x48AVX512(c, ldc, a, lda, b, ldb, k, more)
	case width == 32:
		product1x32AVX512(c, ldc, a, lda, b, ldb, k, more)
	default:
		product1x16AVX512(c, ldc, a, lda, b, ldb, k, more)
	}
}

func callAVX2(tall bool, width int, c *float32, ldc int, a *float32, lda int, b *float32, ldb, k, more int) {
	switch {
	case tall && width == 16:
		product6x16AVX2(c, ldc, a, lda, b, ldb, k, more)
	case tall:
		product6x8AVX2(c, ldc, a, lda, b, ldb, k, more)
	case width == 16:
		product1x16AVX2(c, ldc, a, lda, b, ldb, k, more)
	default:
		product1x8AVX2(c, ldc, a, lda, b, ldb, k, more)
	}
}

func dots(level kernel.Level, s, q []float32, k Matrix) bool {
	switch {
	case level >= kernel.AVX512 && len(q)%16 == 0:
		dotsAVX512(&s[0], &q[0], &k.Data[0], 4*k.Stride, len(s), len(q))
	case level >= kernel.AVX2 && len(q)%8 == 0:
		dotsAVX2(&s[0], &q[0], &k.Data[0], 4*k.Stride, len(s), len(q))
	default:
		return false
	}
	return true
}

func widen(level kernel.Level, dst []float32, src []uint16, stride, rows, columns int) bool {
	switch {
	case level >= kernel.AVX512 && columns%16 == 0:
		widenAVX512(&dst[0], &src[0], 2*stride, rows, columns)
	case level >= kernel.AVX2 && columns%8 == 0:
		widenAVX2(&dst[0], &src[0], 2*stride, rows, columns)
	default:
		return false
	}
	return true
}
