package tensortest

import (
	"fmt"

	"github.com/dauys/dauys/tensor"
)

func pagedCases() []Case {
	var all []Case
	for _, t := range []tensor.DType{tensor.F32, tensor.F16} {
		tol := 2e-6
		if t == tensor.F16 {
			tol = 1e-3 // keys and values are rounded to 11 bits
		}
		for _, rows := range []int{0, 1, 5} {
			all = append(all, pagedCase(t, tol, rows))
		}
	}
	return all
}

// pagedCase writes 12 keys into a pool of 5 pages of 4, in odd order and with one skipped, then lets rows of different lengths
// attend to them by page tables that share pages.
func pagedCase(dtype tensor.DType, tol float64, rows int) Case {
	const keys, pages, page, heads, kvHeads, dim = 13, 5, 4, 4, 2, 8
	order := []int{3, 0, 4} // the pages of the sequence
	slot := func(i int) int {
		if i == keys-1 {
			return -1
		}
		return order[i/page]*page + i%page
	}
	length := func(r int) int { return []int{12, 0, 5, 1, 8}[r] }
	d := dims{rows, 1, keys, heads, kvHeads, dim}
	repeat := func(a Array) Array { // the same keys for each row
		out := Zeros(rows, keys, kvHeads*dim)
		for i := range out.Data {
			out.Data[i] = a.Data[i%len(a.Data)]
		}
		return out
	}
	kv := Operand{Shape: []int{keys, kvHeads * dim}}
	return Case{
		Name: fmt.Sprintf("paged attention %s, %d rows", dtype, rows), Tol: tol,
		In: []Operand{
			{Shape: []int{rows, heads * dim}},
			kv, kv,
			{Shape: []int{keys}, Ints: slot},
			{Shape: []int{rows, 3}, Ints: func(i int) int { return order[i%3] }},
			{Shape: []int{rows}, Ints: length},
		},
		Build: func(g *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
			pool := tensor.KV{K: g.State("k", dtype, pages, page, kvHeads*dim), V: g.State("v", dtype, pages, page, kvHeads*dim)}
			pool.Write(in[1], in[2], in[3])
			o := tensor.AttentionOptions{Heads: heads, KVHeads: kvHeads}
			return []*tensor.Tensor{
				in[0].PagedAttention(pool, in[4], in[5], o),
				in[0].PagedAttentionWeights(pool, in[4], in[5], []int{3, 1}, o),
			}
		},
		Want: func(in []Array) []Array {
			q := Array{[]int{rows, 1, heads * dim}, in[0].Data}
			p := d.probabilities(q, repeat(in[1]), func(r, _, j int) bool { return j < length(r) })
			chosen := Zeros(rows, 2, 12)
			each(chosen.Shape, func(at []int) { chosen.Set(p.At(at[0], 3-2*at[1], 0, at[2]), at...) })
			return []Array{{[]int{rows, heads * dim}, d.mix(p, repeat(in[2])).Data}, chosen}
		},
	}
}

// stateCases: stores take effect when the run ends, all at once.
func stateCases() []Case {
	x := Operand{Shape: []int{2, 3}}
	w, table := Weight(tensor.F16, 3, 5, 4)
	return []Case{
		{
			Name: "what depends on weights alone is a constant", In: []Operand{{Shape: []int{2, 5, 4}}},
			Build: func(g *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
				c := g.Param(w).MulScalar(2).Slice(0, 1, 5)
				return []*tensor.Tensor{in[0].Slice(1, 0, 4).Add(c), c, g.Param(w).Slice(0, 1, 2), in[0].Slice(1, 0, 4).Add(g.Param(w).Slice(0, 1, 5))}
			},
			Want: func(in []Array) []Array {
				add := func(x, y float64) float64 { return x + y }
				rows := SliceOf(table, 0, 1, 5)
				c := Map(rows, func(x float64) float64 { return 2 * x })
				x := SliceOf(in[0], 1, 0, 4)
				return []Array{Zip(x, c, add), c, SliceOf(table, 0, 1, 2), Zip(x, rows, add)}
			},
		},
		{
			Name: "stores see old contents", In: []Operand{x},
			Build: func(g *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
				a, b := g.State("a", tensor.F32, 2, 3), g.State("b", tensor.F32, 2, 3)
				g.Store(a, in[0]) // the second run sees x in a, and a's old content, zeros, in b
				g.Store(b, a)
				return []*tensor.Tensor{b.Add(in[0])}
			},
			Want: func(in []Array) []Array { return in[:1] },
		},
	}
}
