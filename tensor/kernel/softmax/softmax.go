package softmax

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
)

// Max gives the largest value of x, -Inf for none. NaN values may or may not be seen.
func Max(level kernel.Level, x []float32) float32 {
	if len(x) == 0 {
		return float32(math.Inf(-1))
	}
	return rowMax(level, x)
}

// ExpSum writes exp(x-shift) to dst and gives their sum. dst may be x; lengths are equal.
func ExpSum(level kernel.Level, dst, x []float32, shift float32) float32 {
	if len(x) == 0 {
		return 0
	}
	return expSum(level, dst[:len(x)], x, shift)
}

// LogSumExp gives log(sum(exp(x))) without overflow: the log-probability of a range of log-probabilities.
func LogSumExp(level kernel.Level, x []float32) float32 {
	top := Max(level, x)
	if math.IsInf(float64(top), 0) {
		return top
	}
	return top + float32(math.Log(float64(sumExp(level, x, top))))
}

// Row writes the softmax of x to dst, which may be x.
func Row(level kernel.Level, dst, x []float32) {
	top := Max(level, x)
	if math.IsInf(float64(top), -1) && allMasked(x) {
		clear(dst[:len(x)])
		return
	}
	sum := ExpSum(level, dst, x, top)
	scale(level, dst[:len(x)], 1/sum)
}

// LogRow writes the log-softmax of x to dst, which may be x.
func LogRow(level kernel.Level, dst, x []float32) {
	lse := LogSumExp(level, x)
	if math.IsInf(float64(lse), -1) && allMasked(x) {
		copy(dst, x)
		return
	}
	shift(level, dst[:len(x)], x, -lse)
}

func allMasked(x []float32) bool {
	for _, v := range x {
		if !math.IsInf(float64(v), -1) {
			return false
		}
	}
	return true
}

// Softmax normalises each row of a matrix. Set In and Out, then Run.
type Softmax struct {
	In, Out             []float32 // [rows, width]; Out may be In
	InStride, OutStride int       // elements from row to row
	level               kernel.Level
	rows, width, block  int
	log                 bool
}

// New prepares softmax (or log-softmax, if log) of rows of width values, stored densely unless strides are set.
func New(level kernel.Level, rows, width int, log bool) *Softmax {
	return &Softmax{InStride: width, OutStride: width, level: level, rows: rows, width: width,
		block: max(1, 8192/max(1, width)), log: log}
}

// Run normalises all rows.
func (s *Softmax) Run(p kernel.Pool) { p.Run((s.rows+s.block-1)/s.block, s) }

// Do normalises one block of rows.
func (s *Softmax) Do(_, part int) {
	for r := part * s.block; r < min(s.rows, (part+1)*s.block); r++ {
		in := s.In[r*s.InStride:][:s.width]
		out := s.Out[r*s.OutStride:][:s.width]
		if s.log {
			LogRow(s.level, out, in)
		} else {
			Row(s.level, out, in)
		}
	}
}
