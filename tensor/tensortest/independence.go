package tensortest

import (
	"slices"
	"testing"

	"github.com/dauys/dauys/tensor"
)

// RunRows proves that a row's bits depend neither on other rows, nor on how many there are, nor on threads: it runs a block of
// a model on 1 .. most rows and compares each row with the same row run alone on one thread.
func RunRows(t *testing.T, open func(threads int) tensor.Device) {
	const most, width = 40, 96
	input := make([]float32, most*width)
	for i := range input {
		input[i] = float32(i*i%101)/50 - 1
	}
	m := newBlock(width)
	alone := open(1)
	var want []float32
	for r := range most {
		want = append(want, m.run(t, alone, input[r*width:][:width])...)
	}
	for _, threads := range []int{1, 2, 3, 8} {
		d := open(threads)
		for _, rows := range []int{1, 2, 3, 5, 8, 13, 16, 17, 31, most} {
			for _, first := range []int{0, (most - rows) / 2, most - rows} {
				got := m.run(t, d, input[first*width:][:rows*width])
				if !slices.Equal(got, want[first*width:][:rows*width]) {
					t.Errorf("%d rows from row %d on %d threads differ from the rows alone", rows, first, threads)
				}
			}
		}
	}
}

// block holds the weights of one transformer block in several types.
type block struct{ gain, up, down, query, key, value *tensor.Param }

func newBlock(width int) *block {
	b := &block{}
	b.gain, _ = Weight(tensor.F32, 1, width)
	b.up, _ = Weight(tensor.F16, 2, 4*width, width)
	b.down, _ = Weight(tensor.BF16, 3, width, 4*width)
	b.query, _ = Weight(tensor.F32, 4, width, width)
	b.key, _ = Weight(tensor.I8, 5, width, width)
	b.value, _ = Weight(tensor.F16, 6, width, width)
	return b
}

// Block opens a session of a transformer block on some rows: most kinds of operations at once.
func Block(t testing.TB, d tensor.Device, rows int) *tensor.Session {
	t.Helper()
	return newBlock(96).open(t, d, rows)
}

// open compiles the block for a number of rows; each row's sequence has a page of its own.
func (b *block) open(t testing.TB, d tensor.Device, rows int) *tensor.Session {
	t.Helper()
	p, err := tensor.Compile(d, func(g *tensor.Graph) { g.Output("y", b.forward(g, rows)) })
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.NewSession(nil)
	if err != nil {
		t.Fatal(err)
	}
	for r := range rows {
		s.I32("slots")[r], s.I32("table")[r], s.I32("lengths")[r] = int32(4*r), int32(r), 1
	}
	return s
}

// run computes rows of x.
func (b *block) run(t *testing.T, d tensor.Device, x []float32) []float32 {
	t.Helper()
	s := b.open(t, d, len(x)/b.gain.Shape[0])
	defer s.Close()
	copy(s.F32("x"), x)
	if err := s.Run(t.Context(), tensor.Batch); err != nil {
		t.Fatal(err)
	}
	return slices.Clone(s.F32("y"))
}

// forward is a decoder block on rows, each a sequence of its own, then a dense attention in which each row sees itself.
func (b *block) forward(g *tensor.Graph, rows int) *tensor.Tensor {
	width := b.gain.Shape[0]
	x := g.Input("x", tensor.F32, rows, width)
	slots, lengths := g.Input("slots", tensor.I32, rows), g.Input("lengths", tensor.I32, rows)
	table := g.Input("table", tensor.I32, rows, 1)
	pool := tensor.KV{K: g.State("k", tensor.F32, rows, 4, width), V: g.State("v", tensor.F32, rows, 4, width)}
	h := x.LayerNorm(b.gain, nil, 1e-5)
	q, k, v := h.Linear(b.query, nil), h.Linear(b.key, nil), h.Linear(b.value, nil)
	pool.Write(k, v, slots)
	x = x.Add(q.PagedAttention(pool, table, lengths, tensor.AttentionOptions{Heads: 4}))
	x = x.Add(x.RMSNorm(b.gain, 1e-5).Linear(b.up, nil).GELU().Linear(b.down, nil))
	one := func(x *tensor.Tensor) *tensor.Tensor { return x.Reshape(rows, 1, width) }
	dense := one(x).Attention(one(k), one(v), tensor.AttentionOptions{Heads: 4})
	return x.Add(dense.Reshape(rows, width)).Softmax().Mul(x.Tanh())
}
