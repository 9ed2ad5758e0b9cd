package tensortest

import (
	"fmt"
	"math"

	"github.com/dauys/dauys/tensor"
)

func tanh(x float64) float64 { return math.Tanh(x) }

func convCases() []Case {
	shapes := []struct {
		batch, time, in, out, taps int
		o                          tensor.Conv1dOptions
	}{
		{1, 5, 3, 4, 3, tensor.Conv1dOptions{}},
		{2, 9, 8, 16, 3, tensor.Conv1dOptions{Pad: 1}},
		{2, 10, 8, 33, 3, tensor.Conv1dOptions{Pad: 1, Stride: 2}},
		{1, 20, 4, 6, 5, tensor.Conv1dOptions{Pad: 4, Dilation: 2}},
		{2, 12, 6, 4, 3, tensor.Conv1dOptions{Pad: 1, Groups: 2}},
		{2, 40, 7, 7, 9, tensor.Conv1dOptions{Pad: 4, Groups: 7}},
		{1, 64, 1, 258, 16, tensor.Conv1dOptions{Stride: 8}},
		{1, 1, 5, 5, 1, tensor.Conv1dOptions{}},
		{0, 4, 5, 5, 3, tensor.Conv1dOptions{}},
		{1, 300, 80, 64, 3, tensor.Conv1dOptions{Pad: 1}},
	}
	var all []Case
	for _, s := range shapes {
		groups := max(s.o.Groups, 1)
		for _, dtype := range []tensor.DType{tensor.F32, tensor.F16} {
			w, values := Weight(dtype, 5, s.out, s.in/groups, s.taps)
			b, bias := Weight(tensor.F32, 6, s.out)
			all = append(all, Case{
				Name: fmt.Sprintf("conv1d %s %v %+v", dtype, []int{s.batch, s.time, s.in, s.out, s.taps}, s.o), Tol: productTol,
				In: []Operand{{Shape: []int{s.batch, s.time, s.in}}},
				Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
					return []*tensor.Tensor{in[0].Conv1d(w, b, s.o).ReLU()}
				},
				Want: func(in []Array) []Array {
					return []Array{Map(Conv1d(in[0], values, bias, s.o, s.o.Pad, s.o.Pad), func(x float64) float64 { return max(x, 0) })}
				},
			})
		}
	}
	w, values := Weight(tensor.F32, 5, 6, 4, 3)
	return append(all, Case{
		Name: "conv1d of padded time and a sum", Tol: productTol, In: []Operand{{Shape: []int{2, 7, 4}}, {Shape: []int{2, 8, 6}}},
		Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{in[0].PadTime(2, 1).Conv1d(w, nil, tensor.Conv1dOptions{}).Add(in[1])}
		},
		Want: func(in []Array) []Array {
			return []Array{Zip(Conv1d(in[0], values, Array{}, tensor.Conv1dOptions{}, 2, 1), in[1], func(a, b float64) float64 { return a + b })}
		},
	})
}

// Conv1d is the definition of a convolution of x [batch, time, in] with w [out, in/groups, taps], with zero rows around it.
func Conv1d(x, w, bias Array, o tensor.Conv1dOptions, before, after int) Array {
	stride, dilation, groups := max(o.Stride, 1), max(o.Dilation, 1), max(o.Groups, 1)
	time, out, width, taps := x.Shape[1], w.Shape[0], w.Shape[1], w.Shape[2]
	y := Zeros(x.Shape[0], (time+before+after-dilation*(taps-1)-1)/stride+1, out)
	each(y.Shape, func(at []int) {
		group := at[2] / (out / groups)
		sum := 0.0
		if bias.Data != nil {
			sum = bias.Data[at[2]]
		}
		for tap := range taps {
			t := at[1]*stride + tap*dilation - before
			if t < 0 || t >= time {
				continue
			}
			for c := range width {
				sum += x.At(at[0], t, group*width+c) * w.At(at[2], c, tap)
			}
		}
		y.Set(sum, at...)
	})
	return y
}
