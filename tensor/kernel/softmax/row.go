package softmax

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/vmath"
)

// span is how many values of a long row are handled while they are in the first cache.
const span = 1024

// Max gives the largest value of x, -Inf for none. NaN is not seen.
func Max(level kernel.Level, x []float32) float32 { return rowMax(level, x) }

// ExpSum writes exp(x-top) to dst and gives their sum. dst may be x.
func ExpSum(level kernel.Level, dst, x []float32, top float32) float32 {
	dst = dst[:len(x)]
	var sum float32
	for at := 0; at < len(x); at += span {
		to := min(at+span, len(x))
		d := dst[at:to]
		shift(level, d, x[at:to], -top)
		vmath.Exp(level, d, d)
		sum += rowSum(level, d)
	}
	return sum
}

// Scale writes x*by to dst, which may be x.
func Scale(level kernel.Level, dst, x []float32, by float32) { scale(level, dst[:len(x)], x, by) }

// LogSumExp gives log(sum(exp(x))) without overflow: the log-probability of a range of log-probabilities. It is -Inf when
// all are -Inf, or none.
func LogSumExp(level kernel.Level, x []float32) float32 {
	top := Max(level, x)
	if math.IsInf(float64(top), 0) {
		return extreme(x, top)
	}
	var work [span]float32
	var sum float32
	for at := 0; at < len(x); at += span {
		part := x[at:min(at+span, len(x))]
		sum += ExpSum(level, work[:], part, top)
	}
	return top + float32(math.Log(float64(sum)))
}

// extreme gives the LogSumExp of a row whose largest number is infinite: that, unless a NaN hides in it.
func extreme(x []float32, top float32) float32 {
	for _, v := range x {
		if v != v {
			return v
		}
	}
	return top
}

// Row writes the softmax of x to dst, which may be x.
func Row(level kernel.Level, dst, x []float32) {
	top := Max(level, x)
	dst = dst[:len(x)]
	if masked(x, top) {
		clear(dst)
		return
	}
	sum := ExpSum(level, dst, x, top)
	scale(level, dst, dst, 1/sum)
}

// LogRow writes the log-softmax of x to dst, which may be x.
func LogRow(level kernel.Level, dst, x []float32) {
	lse := LogSumExp(level, x)
	if masked(x, lse) {
		copy(dst, x)
		return
	}
	shift(level, dst[:len(x)], x, -lse)
}

// Masked reports that every value of x is -Inf.
func Masked(x []float32) bool {
	for _, v := range x {
		if !math.IsInf(float64(v), -1) {
			return false
		}
	}
	return true
}

// masked is Masked for a row whose largest number is known.
func masked(x []float32, top float32) bool { return math.IsInf(float64(top), -1) && Masked(x) }
