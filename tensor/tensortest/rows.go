package tensortest

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/dauys/dauys/tensor"
)

// ByRows gives f of each row of a [.., n].
func ByRows(a Array, f func(in, out []float64)) Array {
	out := Zeros(a.Shape...)
	n := a.Shape[len(a.Shape)-1]
	for i := 0; i+n <= len(a.Data) && n > 0; i += n {
		f(a.Data[i:i+n], out.Data[i:i+n])
	}
	return out
}

// softmax writes the softmax of a row; -Inf has no share.
func softmax(in, out []float64) {
	top, sum := slices.Max(in), 0.0
	for i, x := range in {
		out[i] = math.Exp(x - top)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
}

func normalise(center bool, gain, bias Array) func(in, out []float64) {
	return func(in, out []float64) {
		mean, variance := 0.0, 0.0
		for _, x := range in {
			mean += x / float64(len(in))
		}
		if !center {
			mean = 0
		}
		for _, x := range in {
			variance += (x - mean) * (x - mean) / float64(len(in))
		}
		for i, x := range in {
			out[i] = (x - mean) / math.Sqrt(variance+1e-5) * gain.Data[i]
			if bias.Data != nil {
				out[i] += bias.Data[i]
			}
		}
	}
}

func rowCases() []Case {
	var all []Case
	add := func(name string, shape []int, tol float64, build func(x *tensor.Tensor) []*tensor.Tensor, want func(x Array) []Array) {
		all = append(all, Case{
			Name: fmt.Sprintf("%s %v", name, shape), In: []Operand{{Shape: shape}}, Tol: tol,
			Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor { return build(in[0]) },
			Want:  func(in []Array) []Array { return want(in[0]) },
		})
	}
	list := func(t *tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{t} }
	for _, shape := range [][]int{{1}, {0, 5}, {3, 1}, {2, 3, 17}, {70, 513}, {1, 51865}} {
		n := shape[len(shape)-1]
		g, gain := Weight(tensor.F32, 8, n)
		b, bias := Weight(tensor.F16, 9, n)
		add("layer norm", shape, 1e-5, func(x *tensor.Tensor) []*tensor.Tensor { return list(x.LayerNorm(g, b, 1e-5)) },
			func(x Array) []Array { return []Array{ByRows(x, normalise(true, gain, bias))} })
		add("rms norm", shape, 1e-5, func(x *tensor.Tensor) []*tensor.Tensor { return list(x.RMSNorm(g, 1e-5)) },
			func(x Array) []Array { return []Array{ByRows(x, normalise(false, gain, Array{}))} })
		add("softmax", shape, 2e-6, func(x *tensor.Tensor) []*tensor.Tensor { return list(x.Softmax()) },
			func(x Array) []Array { return []Array{ByRows(x, softmax)} })
		add("log softmax", shape, 2e-6, func(x *tensor.Tensor) []*tensor.Tensor { return list(x.LogSoftmax()) },
			func(x Array) []Array { return []Array{Map(ByRows(x, softmax), math.Log)} })
		add("argmax", shape, 0, func(x *tensor.Tensor) []*tensor.Tensor { return list(x.Argmax()) },
			func(x Array) []Array { return []Array{drop(largest(x, 1)[1])} })
		k := min(n, 5)
		add("top k", shape, 0, func(x *tensor.Tensor) []*tensor.Tensor {
			values, ids := x.TopK(k)
			return []*tensor.Tensor{values, ids}
		}, func(x Array) []Array { return largest(x, k) })
	}
	add("softmax of strided rows", []int{5, 40}, 2e-6, func(x *tensor.Tensor) []*tensor.Tensor { return list(x.Slice(1, 3, 20).Softmax()) },
		func(x Array) []Array { return []Array{ByRows(SliceOf(x, 1, 3, 20), softmax)} })
	return append(all, gatherCases()...)
}

// largest gives the k largest values of each row and their places.
func largest(x Array, k int) []Array {
	n := x.Shape[len(x.Shape)-1]
	shape := append(slices.Clone(x.Shape[:len(x.Shape)-1]), k)
	values, ids := Zeros(shape...), Zeros(shape...)
	for r := range len(x.Data) / max(n, 1) {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		row := x.Data[r*n : (r+1)*n]
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(row[b], row[a]) })
		for i, id := range order[:k] {
			values.Data[r*k+i], ids.Data[r*k+i] = row[id], float64(id)
		}
	}
	return []Array{values, ids}
}

// drop removes the last axis, which is 1.
func drop(a Array) Array { return Array{a.Shape[:len(a.Shape)-1], a.Data} }

// gatherCases pick rows by number; numbers out of range give zeros.
func gatherCases() []Case {
	ids := Operand{Shape: []int{2, 3}, Ints: func(i int) int { return []int{0, 9, -1, 4, 4, 10}[i] }}
	want := func(table Array, ids Array, shape ...int) Array {
		out, n := Zeros(shape...), table.Shape[1]
		for i, id := range ids.Data {
			if id >= 0 && int(id) < table.Shape[0] {
				copy(out.Data[i*n:], table.Data[int(id)*n:][:n])
			}
		}
		return out
	}
	var all []Case
	for _, dtype := range []tensor.DType{tensor.F32, tensor.F16, tensor.BF16, tensor.I8} {
		w, values := Weight(dtype, 3, 10, 33)
		all = append(all, Case{
			Name: "embedding " + dtype.String(), In: []Operand{ids},
			Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
				return []*tensor.Tensor{in[0].Embedding(w)}
			},
			Want: func(in []Array) []Array { return []Array{want(values, in[0], 2, 3, 33)} },
		})
	}
	return append(all, Case{
		Name: "gather", In: []Operand{{Shape: []int{10, 7}}, {Shape: []int{6}, Ints: ids.Ints}},
		Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{in[0].Gather(in[1])}
		},
		Want: func(in []Array) []Array { return []Array{want(in[0], in[1], 6, 7)} },
	})
}
