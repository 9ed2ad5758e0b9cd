package tensortest

import (
	"fmt"
	"math"

	"github.com/dauys/dauys/tensor"
)

func exp(x float64) float64 { return math.Exp(x) }

// dims is the shape of an attention.
type dims struct{ batch, queries, keys, heads, kvHeads, dim int }

// probabilities gives softmax(q k^T / sqrt(dim)) [batch, heads, queries, keys]; visible tells which keys a query sees.
func (d dims) probabilities(q, k Array, visible func(batch, query, key int) bool) Array {
	p := Zeros(d.batch, d.heads, d.queries, d.keys)
	each([]int{d.batch, d.heads, d.queries}, func(at []int) {
		sum, row := 0.0, make([]float64, d.keys)
		for j := range row {
			if !visible(at[0], at[2], j) {
				continue
			}
			dot, kvHead := 0.0, at[1]/(d.heads/d.kvHeads)
			for c := range d.dim {
				dot += q.At(at[0], at[2], at[1]*d.dim+c) * k.At(at[0], j, kvHead*d.dim+c)
			}
			row[j] = math.Exp(dot / math.Sqrt(float64(d.dim)))
			sum += row[j]
		}
		for j, x := range row {
			if sum > 0 {
				p.Set(x/sum, at[0], at[1], at[2], j)
			}
		}
	})
	return p
}

// mix gives the weighted sums of v, [batch, queries, heads*dim].
func (d dims) mix(p, v Array) Array {
	out := Zeros(d.batch, d.queries, d.heads*d.dim)
	each(out.Shape, func(at []int) {
		head, c := at[2]/d.dim, at[2]%d.dim
		sum := 0.0
		for j := range d.keys {
			sum += p.At(at[0], head, at[1], j) * v.At(at[0], j, head/(d.heads/d.kvHeads)*d.dim+c)
		}
		out.Set(sum, at...)
	})
	return out
}

func attentionCases() []Case {
	var all []Case
	for _, d := range []dims{{1, 1, 1, 1, 1, 1}, {2, 5, 7, 3, 3, 8}, {2, 7, 7, 4, 2, 16}, {1, 70, 150, 2, 2, 64}, {3, 2, 0, 2, 2, 4}, {0, 3, 3, 2, 2, 4}} {
		for _, causal := range []bool{false, true} {
			all = append(all, attentionCase(d, causal))
		}
	}
	return all
}

// attentionCase gives result and probabilities with lengths; keys and values are slices of one tensor.
func attentionCase(d dims, causal bool) Case {
	width := d.kvHeads * d.dim
	length := func(b int) int { return max(d.keys-2*b, 0) }
	lengths := Operand{Shape: []int{d.batch}, Ints: length}
	return Case{
		Name: fmt.Sprintf("attention %+v causal %t", d, causal), Tol: 2e-6,
		In: []Operand{{Shape: []int{d.batch, d.queries, d.heads * d.dim}}, {Shape: []int{d.batch, d.keys, 2 * width}}, lengths},
		Build: func(_ *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor {
			k, v := in[1].Slice(2, 0, width), in[1].Slice(2, width, 2*width)
			o := tensor.AttentionOptions{Heads: d.heads, KVHeads: d.kvHeads, Causal: causal, Lengths: in[2]}
			all := o
			all.Lengths = nil
			return []*tensor.Tensor{in[0].Attention(k, v, o), in[0].AttentionWeights(k, o), in[0].Attention(k, v, all)}
		},
		Want: func(in []Array) []Array {
			k, v := SliceOf(in[1], 2, 0, width), SliceOf(in[1], 2, width, 2*width)
			before := func(query, key int) bool { return !causal || key <= query+d.keys-d.queries }
			p := d.probabilities(in[0], k, func(b, i, j int) bool { return before(i, j) && j < length(b) })
			full := d.probabilities(in[0], k, func(_, i, j int) bool { return before(i, j) })
			return []Array{d.mix(p, v), p, d.mix(full, v)}
		},
	}
}
