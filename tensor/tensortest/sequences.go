package tensortest

import (
	"slices"
	"testing"

	"github.com/dauys/dauys/tensor"
)

// RunSequences proves that a sequence's bits depend neither on the others of its batch nor on threads: it runs an encoder block
// (convolution, attention with lengths, feed-forward) on batches of windows and compares each with the window run alone.
func RunSequences(t *testing.T, open func(threads int) tensor.Device) {
	const most, time, channels = 5, 37, 24
	e := newEncoder(channels)
	input := make([]float32, most*time*channels)
	for i := range input {
		input[i] = float32(i*i%103)/51 - 1
	}
	lengths := []int32{18, 3, 0, 11, 7}
	alone, size := open(1), time*channels
	var want [][]float32
	for i := range most {
		want = append(want, e.run(t, alone, input[i*size:][:size], lengths[i:i+1], time))
	}
	for _, threads := range []int{1, 2, 5} {
		d := open(threads)
		for batch := 1; batch <= most; batch++ {
			first := most - batch
			got := e.run(t, d, input[first*size:], lengths[first:], time)
			if !slices.Equal(got, slices.Concat(want[first:]...)) {
				t.Errorf("a batch of %d on %d threads differs from the windows alone", batch, threads)
			}
		}
	}
}

// encoder holds the weights of a small audio encoder.
type encoder struct{ conv, query, key, value, gain, up, down *tensor.Param }

func newEncoder(channels int) *encoder {
	const width = 48
	e := &encoder{}
	e.conv, _ = Weight(tensor.F16, 1, width, channels, 3)
	e.query, _ = Weight(tensor.F16, 2, width, width)
	e.key, _ = Weight(tensor.F16, 3, width, width)
	e.value, _ = Weight(tensor.F32, 4, width, width)
	e.gain, _ = Weight(tensor.F32, 5, width)
	e.up, _ = Weight(tensor.I8, 6, 4*width, width)
	e.down, _ = Weight(tensor.F16, 7, width, 4*width)
	return e
}

// forward maps x [batch, time, channels] to [batch, time/2, width].
func (e *encoder) forward(x, lengths *tensor.Tensor) *tensor.Tensor {
	x = x.Conv1d(e.conv, e.gain, tensor.Conv1dOptions{Stride: 2, Pad: 1}).GELU()
	h := x.LayerNorm(e.gain, nil, 1e-5)
	o := tensor.AttentionOptions{Heads: 3, Lengths: lengths}
	x = x.Add(h.Linear(e.query, nil).Attention(h.Linear(e.key, nil), h.Linear(e.value, nil), o))
	return x.Add(x.RMSNorm(e.gain, 1e-5).Linear(e.up, nil).SiLU().Linear(e.down, nil)).Softmax()
}

// run encodes windows of so many rows each.
func (e *encoder) run(t *testing.T, d tensor.Device, x []float32, lengths []int32, time int) []float32 {
	t.Helper()
	batch := len(lengths)
	p, err := tensor.Compile(d, func(g *tensor.Graph) {
		in := g.Input("x", tensor.F32, batch, time, e.conv.Shape[1])
		g.Output("y", e.forward(in, g.Input("lengths", tensor.I32, batch)))
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.NewSession(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	copy(s.F32("x"), x)
	copy(s.I32("lengths"), lengths)
	if err := s.Run(t.Context(), tensor.Batch); err != nil {
		t.Fatal(err)
	}
	return slices.Clone(s.F32("y"))
}
