package softmax

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C ../gen . softmax

// bulk gives how many of n values are whole vectors of the level.
func bulk(level kernel.Level, n int) int {
	if level >= kernel.AVX512 {
		return n &^ 15
	}
	return n &^ 7
}

func rowMax(level kernel.Level, x []float32) float32 {
	n := bulk(level, len(x))
	if level == kernel.Portable || n == 0 {
		return portableMax(x)
	}
	var top float32
	if level >= kernel.AVX512 {
		top = maxAVX512(&x[0], n)
	} else {
		top = maxAVX2(&x[0], n)
	}
	for _, v := range x[n:] {
		if v > top {
			top = v
		}
	}
	return top
}

func rowSum(level kernel.Level, x []float32) float32 {
	n := bulk(level, len(x))
	if level == kernel.Portable || n == 0 {
		return portableSum(x)
	}
	var sum float32
	if level >= kernel.AVX512 {
		sum = sumAVX512(&x[0], n)
	} else {
		sum = sumAVX2(&x[0], n)
	}
	for _, v := range x[n:] {
		sum += v
	}
	return sum
}

func scale(level kernel.Level, dst, x []float32, by float32) {
	n := bulk(level, len(x))
	switch {
	case n == 0:
	case level >= kernel.AVX512:
		scaleAVX512(&dst[0], &x[0], n, by)
	case level >= kernel.AVX2:
		scaleAVX2(&dst[0], &x[0], n, by)
	default:
		n = 0
	}
	portableScale(dst[n:], x[n:], by)
}

func shift(level kernel.Level, dst, x []float32, by float32) {
	n := bulk(level, len(x))
	switch {
	case n == 0:
	case level >= kernel.AVX512:
		shiftAVX512(&dst[0], &x[0], n, by)
	case level >= kernel.AVX2:
		shiftAVX2(&dst[0], &x[0], n, by)
	default:
		n = 0
	}
	portableShift(dst[n:], x[n:], by)
}
