package tensortest

import (
	"fmt"
	"slices"

	"github.com/dauys/dauys/tensor"
)

// TransposeOf orders the axes of a.
func TransposeOf(a Array, perm []int) Array {
	shape := make([]int, len(perm))
	for i, p := range perm {
		shape[i] = a.Shape[p]
	}
	out, from := Zeros(shape...), make([]int, len(perm))
	each(shape, func(at []int) {
		for i, p := range perm {
			from[p] = at[i]
		}
		out.Set(a.At(from...), at...)
	})
	return out
}

// SliceOf keeps a part of an axis of a.
func SliceOf(a Array, axis, from, to int) Array {
	shape := slices.Clone(a.Shape)
	shape[axis] = to - from
	out := Zeros(shape...)
	each(shape, func(at []int) {
		src := slices.Clone(at)
		src[axis] += from
		out.Set(a.At(src...), at...)
	})
	return out
}

// ConcatOf puts arrays one behind another.
func ConcatOf(axis int, parts ...Array) Array {
	shape := slices.Clone(parts[0].Shape)
	for _, p := range parts[1:] {
		shape[axis] += p.Shape[axis]
	}
	out, base := Zeros(shape...), 0
	for _, p := range parts {
		each(p.Shape, func(at []int) {
			dst := slices.Clone(at)
			dst[axis] += base
			out.Set(p.At(at...), dst...)
		})
		base += p.Shape[axis]
	}
	return out
}

func viewCases() []Case {
	x := Operand{Shape: []int{2, 3, 4}}
	one := func(f func(in []*tensor.Tensor) *tensor.Tensor) func(*tensor.Graph, []*tensor.Tensor) []*tensor.Tensor {
		return func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{f(in)} }
	}
	all := []Case{
		{
			Name: "reshape", In: []Operand{x}, Build: one(func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Reshape(4, -1).Neg() }),
			Want: func(in []Array) []Array {
				return []Array{Map(Array{[]int{4, 6}, in[0].Data}, func(x float64) float64 { return -x })}
			},
		},
		{
			Name: "reshape of a transpose", In: []Operand{x},
			Build: one(func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Transpose(2, 0, 1).Reshape(8, 3) }),
			Want: func(in []Array) []Array {
				return []Array{{[]int{8, 3}, TransposeOf(in[0], []int{2, 0, 1}).Data}}
			},
		},
		{
			Name: "reshape of a slice", In: []Operand{x},
			Build: one(func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Slice(1, 1, 3).Reshape(2, 8).Exp() }), Tol: 1e-6,
			Want: func(in []Array) []Array {
				return []Array{Map(Array{[]int{2, 8}, SliceOf(in[0], 1, 1, 3).Data}, exp)}
			},
		},
		{
			Name: "slice of a slice of an input", In: []Operand{x},
			Build: one(func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Slice(2, 1, 4).Slice(0, 1, 2) }),
			Want:  func(in []Array) []Array { return []Array{SliceOf(SliceOf(in[0], 2, 1, 4), 0, 1, 2)} },
		},
		{
			Name: "input as output", In: []Operand{x}, Build: one(func(in []*tensor.Tensor) *tensor.Tensor { return in[0] }),
			Want: func(in []Array) []Array { return []Array{in[0]} },
		},
		{
			Name: "one tensor as two outputs and a view of it", In: []Operand{x},
			Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
				y := in[0].Neg()
				return []*tensor.Tensor{y, y, y.Slice(1, 0, 1), y.AddScalar(1)}
			},
			Want: func(in []Array) []Array {
				y := Map(in[0], func(x float64) float64 { return -x })
				return []Array{y, y, SliceOf(y, 1, 0, 1), Map(y, func(x float64) float64 { return x + 1 })}
			},
		},
		{
			Name: "pad time of a slice", In: []Operand{x},
			Build: one(func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Slice(2, 1, 3).PadTime(2, 1) }),
			Want: func(in []Array) []Array {
				return []Array{ConcatOf(1, Zeros(2, 2, 2), SliceOf(in[0], 2, 1, 3), Zeros(2, 1, 2))}
			},
		},
	}
	for _, perm := range [][]int{{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {2, 1, 0}, {2, 0, 1}, {1, 2, 0}} {
		for _, shape := range [][]int{{2, 3, 4}, {1, 70, 33}, {0, 2, 3}} {
			all = append(all, Case{
				Name: fmt.Sprintf("transpose %v %v", perm, shape), In: []Operand{{Shape: shape}},
				Build: one(func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Transpose(perm...) }),
				Want:  func(in []Array) []Array { return []Array{TransposeOf(in[0], perm)} },
			})
		}
	}
	for axis := range 3 {
		all = append(all, Case{
			Name: fmt.Sprintf("concat along %d", axis), In: []Operand{x, x, x},
			Build: one(func(in []*tensor.Tensor) *tensor.Tensor {
				return in[0].Concat(axis, in[1].Transpose(0, 1, 2), in[2].Slice(axis, 1, 2))
			}),
			Want: func(in []Array) []Array {
				return []Array{ConcatOf(axis, in[0], in[1], SliceOf(in[2], axis, 1, 2))}
			},
		})
	}
	return all
}
