package tile

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
)

// Rows is how many rows a register tile has: Mul is fastest with whole ones.
const Rows = 6

// reach is the most steps of k, or rows of dot products, in one call of assembly, which cannot be preempted: some 20
// microseconds.
const reach = 4096

// Matrix is a row-major matrix inside a slice: row r begins at Data[r*Stride].
type Matrix struct {
	Data   []float32
	Stride int
}

// Row gives row r on.
func (m Matrix) Row(r int) Matrix { return Matrix{m.Data[r*m.Stride:], m.Stride} }

func (m Matrix) check(rows, columns int) {
	if rows > 0 {
		_ = m.Data[(rows-1)*m.Stride+columns-1]
	}
}

// Mul sets c[rows, n] = a[rows, k] b[k, n], or with add adds to c.
func Mul(level kernel.Level, c, a, b Matrix, rows, k, n int, add bool) {
	if rows <= 0 || n <= 0 {
		return
	}
	c.check(rows, n)
	if k > 0 {
		a.check(rows, k)
		b.check(k, n)
	}
	if done := vectors(level, c, a, b, rows, k, n, add); done < n {
		for r := range rows {
			portableRow(c.Data[r*c.Stride:][done:n], a, b, r, k, done, add)
		}
	}
}

// portableRow is Mul of one row, for the columns from first on that fill c.
func portableRow(c []float32, a, b Matrix, row, k, first int, add bool) {
	if !add {
		clear(c)
	}
	for i := range k {
		x := a.Data[row*a.Stride+i]
		for j, y := range b.Data[i*b.Stride+first:][:len(c)] {
			c[j] += x * y
		}
	}
}

// Dots sets s[j] = q . k[j] for the first len(s) rows of k; len(q) is the dimension.
func Dots(level kernel.Level, s, q []float32, k Matrix) {
	if len(s) == 0 {
		return
	}
	if len(q) == 0 {
		clear(s)
		return
	}
	k.check(len(s), len(q))
	if level != kernel.Portable && len(s) > reach {
		Dots(level, s[:reach], q, k)
		Dots(level, s[reach:], q, k.Row(reach))
		return
	}
	if dots(level, s, q, k) {
		return
	}
	for j := range s {
		var sum float32
		for i, v := range k.Data[j*k.Stride:][:len(q)] {
			sum += q[i] * v
		}
		s[j] = sum
	}
}

// Widen writes rows of f16, stride apart, as dense f32 rows of columns values.
func Widen(level kernel.Level, dst []float32, src []uint16, stride, rows, columns int) {
	if rows <= 0 || columns <= 0 {
		return
	}
	_, _ = dst[rows*columns-1], src[(rows-1)*stride+columns-1]
	if widen(level, dst, src, stride, rows, columns) {
		return
	}
	for r := range rows {
		convert.F16ToF32(level, dst[r*columns:], src[r*stride:][:columns])
	}
}
