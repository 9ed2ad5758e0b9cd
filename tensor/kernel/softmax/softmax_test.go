package softmax_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/softmax"
)

var widths = []int{0, 1, 2, 7, 8, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 1500, 51865}

func logSumExp(x []float32) float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = math.Max(top, float64(v))
	}
	if math.IsInf(top, 0) || math.IsNaN(top) {
		return top
	}
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}

func reference(x []float32, log bool) []float64 {
	out, lse := make([]float64, len(x)), logSumExp(x)
	for i, v := range x {
		switch {
		case math.IsInf(lse, -1) && log:
			out[i] = math.Inf(-1)
		case math.IsInf(lse, -1):
			out[i] = 0
		case log:
			out[i] = float64(v) - lse
		default:
			out[i] = math.Exp(float64(v) - lse)
		}
	}
	return out
}

func TestRowsMatchFloat64(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, width := range widths {
			for name, row := range rows(width) {
				t.Run(fmt.Sprintf("%d %s", width, name), func(t *testing.T) {
					got := make([]float32, width)
					softmax.Row(level, got, row)
					kerneltest.Close(t, got, reference(row, false), 4e-6)
					softmax.LogRow(level, got, row)
					kerneltest.Close(t, got, reference(row, true), 4e-6)
					kerneltest.Close(t, []float32{softmax.LogSumExp(level, row)}, []float64{logSumExp(row)}, 4e-6)
				})
			}
		}
	})
}

// rows gives rows of a width that are easy and hard.
func rows(width int) map[string][]float32 {
	masked, half, huge := make([]float32, width), kerneltest.Normal(width, 2), kerneltest.Normal(width, 3)
	for i := range width {
		masked[i] = float32(math.Inf(-1))
		if i%3 == 1 {
			half[i] = float32(math.Inf(-1))
		}
		huge[i] *= 1e30
	}
	all := map[string][]float32{"normal": kerneltest.Normal(width, 1), "masked": masked, "half masked": half, "huge": huge}
	if width > 0 {
		nan := kerneltest.Normal(width, 4)
		nan[width/2] = float32(math.NaN())
		all["nan"] = nan
	}
	return all
}

func TestRowsOfAMatrixAreStridedAndIndependent(t *testing.T) {
	const rows, width, stride = 37, 129, 140
	in := kerneltest.Normal(rows*stride, 5)
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		s := softmax.New(level, rows, width, false)
		s.In, s.InStride, s.Out = in, stride, make([]float32, rows*width)
		s.Run(kerneltest.Parallel(3))
		for r := range rows {
			alone := make([]float32, width)
			softmax.Row(level, alone, in[r*stride:][:width])
			kerneltest.Same(t, s.Out[r*width:][:width], alone)
		}
		if n := testing.AllocsPerRun(3, func() { s.Run(kernel.Serial{}) }); n != 0 {
			t.Errorf("Run allocates %v times", n)
		}
	})
}

func BenchmarkLogSumExpOfVocabulary(b *testing.B) {
	x := kerneltest.Normal(51865, 1)
	for _, level := range kerneltest.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				softmax.LogSumExp(level, x)
			}
		})
	}
}

func BenchmarkExpSum1500(b *testing.B) {
	x := kerneltest.Normal(1500, 1)
	y := make([]float32, 1500)
	for _, level := range kerneltest.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				softmax.ExpSum(level, y, x, 3)
			}
		})
	}
}
