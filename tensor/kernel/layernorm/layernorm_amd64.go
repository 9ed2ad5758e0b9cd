package layernorm

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C ../gen . layernorm

// row normalises one row; x and out have equal lengths > 0, gain and bias too.
func row(level kernel.Level, out, x, gain, bias []float32, eps float32, center bool) {
	n := len(x) &^ 7
	if level >= kernel.AVX512 {
		n = len(x) &^ 15
	}
	if level == kernel.Portable || n == 0 {
		portableRow(out, x, gain, bias, eps, center)
		return
	}
	var mean float32
	if center {
		mean = (sum(level, x[:n]) + portableSum(x[n:])) / float32(len(x))
	}
	variance := (squares(level, x[:n], mean) + portableSquares(x[n:], mean)) / float32(len(x))
	inverse := inverseRoot(variance + eps)
	if level >= kernel.AVX512 {
		applyAVX512(&out[0], &x[0], n, &gain[0], &bias[0], mean, inverse)
	} else {
		applyAVX2(&out[0], &x[0], n, &gain[0], &bias[0], mean, inverse)
	}
	portableApply(out[n:], x[n:], gain[n:], bias[n:], mean, inverse)
}

func sum(level kernel.Level, x []float32) float32 {
	if level >= kernel.AVX512 {
		return sumAVX512(&x[0], len(x))
	}
	return sumAVX2(&x[0], len(x))
}

func squares(level kernel.Level, x []float32, mean float32) float32 {
	if level >= kernel.AVX512 {
		return squaresAVX512(&x[0], len(x), mean)
	}
	return squaresAVX2(&x[0], len(x), mean)
}
