package pointwise

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
)

//go:generate go run -C ../gen . pointwise

// bulk gives how many of n values are whole vectors of the level; 0 at the portable level.
func bulk(level kernel.Level, n int) int {
	switch {
	case level >= kernel.AVX512:
		return n &^ 15
	case level >= kernel.AVX2:
		return n &^ 7
	}
	return 0
}

func binary(level kernel.Level, op Op, out, a, b []float32) {
	n := bulk(level, len(a))
	if n > 0 {
		binaryVector(level >= kernel.AVX512, op, out[:n], a[:n], b[:n])
	}
	portableBinary(op, out[n:], a[n:], b[n:])
}

func binaryVector(wide bool, op Op, out, a, b []float32) {
	dst, x, y, n := &out[0], &a[0], &b[0], len(a)
	switch {
	case op == Add && wide:
		addAVX512(dst, x, y, n)
	case op == Add:
		addAVX2(dst, x, y, n)
	case op == Sub && wide:
		subAVX512(dst, x, y, n)
	case op == Sub:
		subAVX2(dst, x, y, n)
	case op == Mul && wide:
		mulAVX512(dst, x, y, n)
	case op == Mul:
		mulAVX2(dst, x, y, n)
	case op == Div && wide:
		divAVX512(dst, x, y, n)
	case op == Div:
		divAVX2(dst, x, y, n)
	}
}

func unary(level kernel.Level, op Op, out, a []float32, x, y float32) {
	n := bulk(level, len(a))
	if n > 0 {
		unaryVector(level >= kernel.AVX512, op, out[:n], a[:n], x, y)
	}
	portableUnary(op, out[n:], a[n:], x, y)
}

func unaryVector(wide bool, op Op, out, a []float32, x, y float32) {
	dst, src, n := &out[0], &a[0], len(a)
	switch op {
	case Neg:
		op, x = MulScalar, -1
	case ReLU:
		op, x, y = Clamp, 0, float32(math.Inf(1))
	}
	switch {
	case op == AddScalar && wide:
		addScalarAVX512(dst, src, n, x)
	case op == AddScalar:
		addScalarAVX2(dst, src, n, x)
	case op == MulScalar && wide:
		mulScalarAVX512(dst, src, n, x)
	case op == MulScalar:
		mulScalarAVX2(dst, src, n, x)
	case op == Sqrt && wide:
		sqrtAVX512(dst, src, n)
	case op == Sqrt:
		sqrtAVX2(dst, src, n)
	case op == Clamp && wide:
		limitAVX512(dst, src, n, x, y)
	case op == Clamp:
		limitAVX2(dst, src, n, x, y)
	case op == LeakyReLU && wide:
		leakyAVX512(dst, src, n, x)
	case op == LeakyReLU:
		leakyAVX2(dst, src, n, x)
	}
}
