package tensortest

import (
	"fmt"

	"github.com/dauys/dauys/tensor"
)

// productTol bounds the error of a sum of k products of numbers around 1, over the largest sum: about sqrt(k) roundings.
const productTol = 2e-6

func productCases() []Case {
	var all []Case
	for _, dtype := range []tensor.DType{tensor.F32, tensor.F16, tensor.BF16, tensor.I8} {
		for _, s := range [][3]int{{0, 3, 4}, {1, 1, 1}, {1, 64, 33}, {2, 513, 31}, {5, 64, 130}, {17, 63, 65}, {100, 100, 100}} {
			all = append(all, linearCase(dtype, s[0], s[1], s[2]))
		}
	}
	all = append(all, linearCase(tensor.F16, 120, 1025, 66), linearCase(tensor.F32, 64, 512, 515), epilogueCase(3), epilogueCase(70))
	for _, s := range [][4]int{{1, 1, 1, 1}, {1, 5, 7, 3}, {3, 17, 64, 33}, {2, 0, 4, 4}, {0, 3, 4, 5}, {2, 100, 65, 130}} {
		all = append(all, matmulCases(s[0], s[1], s[2], s[3])...)
	}
	return append(all, sharedMatmul())
}

// Linear gives x w^T + bias for x [.., k].
func Linear(x, w, bias Array) Array {
	n, k := w.Shape[0], w.Shape[1]
	shape := append(append([]int(nil), x.Shape[:len(x.Shape)-1]...), n)
	out := Zeros(shape...)
	for i := range out.Data {
		row, col := i/n, i%n
		if bias.Data != nil {
			out.Data[i] = bias.Data[col]
		}
		for j := range k {
			out.Data[i] += x.Data[row*k+j] * w.Data[col*k+j]
		}
	}
	return out
}

func linearCase(dtype tensor.DType, m, k, n int) Case {
	w, values := Weight(dtype, 3, n, k)
	return Case{
		Name: fmt.Sprintf("linear %s %dx%dx%d", dtype, m, k, n), In: []Operand{{Shape: []int{m, k}}}, Tol: productTol,
		Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{in[0].Linear(w, nil)}
		},
		Want: func(in []Array) []Array { return []Array{Linear(in[0], values, Array{})} },
	}
}

// epilogueCase is a linear layer whose bias, activation and sum go into the product, of strided rows.
func epilogueCase(m int) Case {
	w, values := Weight(tensor.F32, 3, 36, 20)
	b, bias := Weight(tensor.F32, 4, 36)
	return Case{
		Name: fmt.Sprintf("linear with epilogue, %d rows", m), Tol: productTol,
		In: []Operand{{Shape: []int{m, 50}}, {Shape: []int{1, m, 36}}},
		Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{in[1].Add(in[0].Slice(1, 7, 27).Reshape(1, m, 20).Linear(w, b).GELU())}
		},
		Want: func(in []Array) []Array {
			y := Map(Linear(SliceOf(in[0], 1, 7, 27), values, bias), gelu)
			return []Array{Zip(in[1], y, func(a, b float64) float64 { return a + b })}
		},
	}
}

// product gives a b for a [batch, m, k] and b [batch, k, n].
func product(a, b Array) Array {
	out := Zeros(a.Shape[0], a.Shape[1], b.Shape[2])
	each(out.Shape, func(at []int) {
		sum := 0.0
		for k := range a.Shape[2] {
			sum += a.At(at[0], at[1], k) * b.At(at[0], k, at[2])
		}
		out.Set(sum, at...)
	})
	return out
}

// matmulCases are a product with either operand as it is, transposed, and cut out of something larger.
func matmulCases(batch, m, k, n int) []Case {
	name := func(s string) string { return fmt.Sprintf("%s %d of %dx%dx%d", s, batch, m, k, n) }
	one := func(f func(a, b *tensor.Tensor) *tensor.Tensor) func(*tensor.Graph, []*tensor.Tensor) []*tensor.Tensor {
		return func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{f(in[0], in[1])} }
	}
	swap := []int{0, 2, 1}
	a, b := Operand{Shape: []int{batch, m, k}}, Operand{Shape: []int{batch, k, n}}
	at, bt := Operand{Shape: []int{batch, k, m}}, Operand{Shape: []int{batch, n, k}}
	wide := Operand{Shape: []int{batch, m, k + 3}}
	return []Case{
		{
			Name: name("matmul"), In: []Operand{a, b}, Tol: productTol, Build: one((*tensor.Tensor).MatMul),
			Want: func(in []Array) []Array { return []Array{product(in[0], in[1])} },
		},
		{
			Name: name("matmul t"), In: []Operand{a, bt}, Tol: productTol, Build: one((*tensor.Tensor).MatMulT),
			Want: func(in []Array) []Array { return []Array{product(in[0], TransposeOf(in[1], swap))} },
		},
		{
			Name: name("matmul of a transpose"), In: []Operand{at, b}, Tol: productTol,
			Build: one(func(a, b *tensor.Tensor) *tensor.Tensor { return a.Transpose(swap...).MatMul(b) }),
			Want:  func(in []Array) []Array { return []Array{product(TransposeOf(in[0], swap), in[1])} },
		},
		{
			Name: name("matmul of a slice"), In: []Operand{wide, b}, Tol: 20 * productTol, // tanh hides how large the sums were
			Build: one(func(a, b *tensor.Tensor) *tensor.Tensor { return a.Slice(-1, 2, k+2).MatMul(b).Tanh() }),
			Want: func(in []Array) []Array {
				return []Array{Map(product(SliceOf(in[0], 2, 2, k+2), in[1]), tanh)}
			},
		},
	}
}

// sharedMatmul multiplies a batch by one matrix.
func sharedMatmul() Case {
	return Case{
		Name: "matmul with a shared right side", In: []Operand{{Shape: []int{3, 4, 5}}, {Shape: []int{5, 6}}}, Tol: productTol,
		Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{in[0].MatMul(in[1])}
		},
		Want: func(in []Array) []Array {
			return []Array{Linear(in[0], TransposeOf(in[1], []int{1, 0}), Array{})}
		},
	}
}
