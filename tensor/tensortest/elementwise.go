package tensortest

import (
	"fmt"
	"math"

	"github.com/dauys/dauys/tensor"
)

// unaries are the functions of one operand.
var unaries = []struct {
	name string
	f    func(*tensor.Tensor) *tensor.Tensor
	want func(float64) float64
}{
	{"neg", (*tensor.Tensor).Neg, func(x float64) float64 { return -x }},
	{"exp", (*tensor.Tensor).Exp, math.Exp},
	{"log", (*tensor.Tensor).Log, math.Log},
	{"sqrt", (*tensor.Tensor).Sqrt, math.Sqrt},
	{"tanh", (*tensor.Tensor).Tanh, math.Tanh},
	{"sigmoid", (*tensor.Tensor).Sigmoid, sigmoid},
	{"relu", (*tensor.Tensor).ReLU, func(x float64) float64 { return max(x, 0) }},
	{"gelu", (*tensor.Tensor).GELU, gelu},
	{"gelu tanh", (*tensor.Tensor).GELUTanh, func(x float64) float64 {
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	}},
	{"silu", (*tensor.Tensor).SiLU, func(x float64) float64 { return x * sigmoid(x) }},
	{"add scalar", func(x *tensor.Tensor) *tensor.Tensor { return x.AddScalar(1.5) }, func(x float64) float64 { return x + 1.5 }},
	{"mul scalar", func(x *tensor.Tensor) *tensor.Tensor { return x.MulScalar(-3) }, func(x float64) float64 { return -3 * x }},
	{"leaky relu", func(x *tensor.Tensor) *tensor.Tensor { return x.LeakyReLU(0.125) }, func(x float64) float64 { return max(x, x/8) }},
	{"clamp", func(x *tensor.Tensor) *tensor.Tensor { return x.Clamp(-0.5, 0.75) }, func(x float64) float64 { return min(max(x, -0.5), 0.75) }},
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func gelu(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }

// binaries are the functions of two operands.
var binaries = []struct {
	name string
	f    func(a, b *tensor.Tensor) *tensor.Tensor
	want func(a, b float64) float64
}{
	{"add", (*tensor.Tensor).Add, func(a, b float64) float64 { return a + b }},
	{"sub", (*tensor.Tensor).Sub, func(a, b float64) float64 { return a - b }},
	{"mul", (*tensor.Tensor).Mul, func(a, b float64) float64 { return a * b }},
	{"div", (*tensor.Tensor).Div, func(a, b float64) float64 { return a / b }},
}

// pairs are shapes that broadcast.
var pairs = [][2][]int{
	{{5}, {5}},
	{{0, 3}, {0, 3}},
	{{3, 5}, {5}},
	{{5}, {3, 5}},
	{{3, 5}, {3, 1}},
	{{3, 5}, {1}},
	{{3, 1}, {1, 4}},
	{{2, 3, 5}, {3, 5}},
	{{2, 3, 5}, {2, 1, 5}},
	{{2, 3, 5}, {2, 3, 1}},
	{{2, 3, 5}, {2, 1, 1}},
	{{1, 1, 1}, {4, 1, 3}},
	{{7, 2049}, {2049}},
	{{2049, 7}, {2049, 1}},
}

func elementwiseCases() []Case {
	var all []Case
	for _, u := range unaries {
		for _, shape := range [][]int{{}, {0}, {1}, {17}, {3, 5, 7}, {2, 40001}} {
			all = append(all, Case{
				Name: fmt.Sprintf("%s %v", u.name, shape), In: []Operand{{Shape: shape}}, Tol: 2e-6,
				Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{u.f(in[0])} },
				Want:  func(in []Array) []Array { return []Array{Map(in[0], u.want)} },
			})
		}
	}
	for _, b := range binaries {
		for _, p := range pairs {
			all = append(all, Case{
				Name: fmt.Sprintf("%s %v %v", b.name, p[0], p[1]), In: []Operand{{Shape: p[0]}, {Shape: p[1]}},
				Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
					return []*tensor.Tensor{b.f(in[0], in[1])}
				},
				Want: func(in []Array) []Array { return []Array{Zip(in[0], in[1], b.want)} },
			})
		}
	}
	return append(all, chainCases()...)
}

// chainCases are element-wise operations in a row, which devices run as one.
func chainCases() []Case {
	gated := func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
		x, y := in[0], in[1]
		z := x.Sigmoid().Mul(y.Tanh()).Add(x)
		return []*tensor.Tensor{z, z.Mul(z).Sub(y)}
	}
	want := func(in []Array) []Array {
		z := Zip(in[0], in[1], func(x, y float64) float64 { return sigmoid(x)*math.Tanh(y) + x })
		return []Array{z, Zip(z, in[1], func(z, y float64) float64 { return z*z - y })}
	}
	var all []Case
	for _, shape := range [][]int{{1}, {3, 5}, {3, 33333}} {
		all = append(all, Case{
			Name: fmt.Sprintf("chain %v", shape), In: []Operand{{Shape: shape}, {Shape: shape}},
			Build: gated, Want: want, Tol: 1e-6,
		})
	}
	return append(all, Case{
		Name: "chain of gates that are slices", In: []Operand{{Shape: []int{4, 12}}}, Tol: 1e-6,
		Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
			gate := func(i int) *tensor.Tensor { return in[0].Slice(1, 3*i, 3*i+3) }
			return []*tensor.Tensor{gate(0).Sigmoid().Mul(gate(1)).Add(gate(2).Tanh().Mul(gate(3)))}
		},
		Want: func(in []Array) []Array {
			out := Zeros(4, 3)
			each(out.Shape, func(at []int) {
				x := func(i int) float64 { return in[0].At(at[0], 3*i+at[1]) }
				out.Set(sigmoid(x(0))*x(1)+math.Tanh(x(2))*x(3), at...)
			})
			return []Array{out}
		},
	})
}

// Map gives f of every element.
func Map(a Array, f func(float64) float64) Array {
	out := Zeros(a.Shape...)
	for i, x := range a.Data {
		out.Data[i] = f(x)
	}
	return out
}

// Zip gives f of the elements of a and b, dimensions of 1 repeated.
func Zip(a, b Array, f func(x, y float64) float64) Array {
	rank := max(len(a.Shape), len(b.Shape))
	shape := make([]int, rank)
	dim := func(x Array, i int) int {
		if i -= rank - len(x.Shape); i >= 0 {
			return x.Shape[i]
		}
		return 1
	}
	for i := range shape {
		shape[i] = dim(a, i)
		if shape[i] == 1 {
			shape[i] = dim(b, i)
		}
	}
	out := Zeros(shape...)
	get := func(x Array, at []int) float64 {
		own := make([]int, len(x.Shape))
		for i := range own {
			if x.Shape[i] != 1 {
				own[i] = at[rank-len(own)+i]
			}
		}
		return x.At(own...)
	}
	each(shape, func(at []int) { out.Set(f(get(a, at), get(b, at)), at...) })
	return out
}
