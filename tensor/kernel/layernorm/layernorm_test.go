package layernorm_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/layernorm"
)

func reference(x, gain, bias []float32, eps float64, center bool) []float64 {
	var mean, variance float64
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	if !center {
		mean = 0
	}
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = (float64(v) - mean) / math.Sqrt(variance+eps)
		if gain != nil {
			out[i] *= float64(gain[i])
		}
		if bias != nil {
			out[i] += float64(bias[i])
		}
	}
	return out
}

func TestRowsMatchFloat64(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, rows := range []int{0, 1, 3, 100} {
			for _, width := range []int{0, 1, 7, 8, 17, 31, 64, 384, 513, 5120} {
				for _, center := range []bool{true, false} {
					t.Run(fmt.Sprint(rows, width, center), func(t *testing.T) { compare(t, level, rows, width, center) })
				}
			}
		}
	})
}

func compare(t *testing.T, level kernel.Level, rows, width int, center bool) {
	const eps = 1e-5
	stride := width + 5
	in, gain, bias := kerneltest.Normal(rows*stride, 1), kerneltest.Normal(width, 2), kerneltest.Normal(width, 3)
	for i := range in {
		in[i] = in[i]*2 + 100 // a mean far from 0 must not cost digits
	}
	n := layernorm.NewRMS(level, rows, width, eps)
	if center {
		n = layernorm.New(level, rows, width, eps)
	}
	n.In, n.InStride, n.Out, n.Gain = in, stride, make([]float32, rows*width), gain
	if center {
		n.Bias = bias
	} else {
		bias = nil
	}
	n.Run(kerneltest.Parallel(2))
	for r := range rows {
		// The mean, near 100, may be 2 ulp off (1.5e-5): over the deviation of 2 and times a gain of up to 4 that is 3e-5.
		kerneltest.Close(t, n.Out[r*width:][:width], reference(in[r*stride:][:width], gain, bias, eps, center), 4e-5)
	}
}

func TestConstantAndNaNRows(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		in := make([]float32, 3*32)
		in[40] = float32(math.NaN())
		n := layernorm.New(level, 3, 32, 1e-5)
		n.In, n.Out = in, in
		n.Run(kernel.Serial{})
		if in[0] != 0 || in[32] == in[32] || in[95] != 0 {
			t.Errorf("zero, NaN and zero rows give %g, %g, %g", in[0], in[32], in[95])
		}
		if a := testing.AllocsPerRun(3, func() { n.Run(kernel.Serial{}) }); a != 0 {
			t.Errorf("Run allocates %v times", a)
		}
	})
}

func TestRowsDoNotDependOnOthers(t *testing.T) {
	in := kerneltest.Normal(50*200, 1)
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		n := layernorm.New(level, 50, 200, 1e-5)
		n.In, n.Out = in, make([]float32, len(in))
		n.Run(kerneltest.Parallel(3))
		one := layernorm.New(level, 1, 200, 1e-5)
		one.In, one.Out = in[33*200:], make([]float32, 200)
		one.Run(kernel.Serial{})
		kerneltest.Same(t, one.Out, n.Out[33*200:][:200])
	})
}

func BenchmarkEncoderRows(b *testing.B) {
	in, gain := kerneltest.Normal(1500*512, 1), kerneltest.Normal(512, 2)
	for _, level := range kerneltest.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			n := layernorm.New(level, 1500, 512, 1e-5)
			n.In, n.Out, n.Gain, n.Bias = in, make([]float32, len(in)), gain, gain
			b.SetBytes(int64(8 * len(in)))
			for b.Loop() {
				n.Run(kernel.Serial{})
			}
		})
	}
}
