package nn_test

import (
	"math"
	"testing"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
	"github.com/dauys/dauys/tensor/nn"
	"github.com/dauys/dauys/tensor/tensortest"
)

func run(t *testing.T, steps int, build func(g *tensor.Graph), fill func(s *tensor.Session)) *tensor.Session {
	t.Helper()
	d, err := cpu.New(cpu.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	p, err := tensor.Compile(d, build)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.NewSession(nil)
	if err != nil {
		t.Fatal(err)
	}
	for range steps {
		fill(s)
		if err := s.Run(t.Context(), tensor.Live); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestLSTMKeepsItsState runs three steps and compares with the equations of torch.nn.LSTMCell in float64.
func TestLSTMKeepsItsState(t *testing.T) {
	const batch, in, hidden, steps = 2, 5, 3, 3
	wih, ih := tensortest.Weight(tensor.F32, 1, 4*hidden, in)
	whh, hh := tensortest.Weight(tensor.F32, 2, 4*hidden, hidden)
	bih, bi := tensortest.Weight(tensor.F32, 3, 4*hidden)
	bhh, bh := tensortest.Weight(tensor.F32, 4, 4*hidden)
	l := nn.LSTM{WeightIH: wih, WeightHH: whh, BiasIH: bih, BiasHH: bhh}
	x := tensortest.Zeros(batch, in)
	for i := range x.Data {
		x.Data[i] = float64(i%4) - 1.5
	}
	s := run(t, steps, func(g *tensor.Graph) {
		h, c := g.State("h", tensor.F32, batch, hidden), g.State("c", tensor.F32, batch, hidden)
		hNext, cNext := l.Forward(g.Input("x", tensor.F32, batch, in), h, c)
		g.Store(h, hNext)
		g.Store(c, cNext)
		g.Output("y", hNext)
	}, func(s *tensor.Session) {
		for i, v := range x.Data {
			s.F32("x")[i] = float32(v)
		}
	})
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	h, c := tensortest.Zeros(batch, hidden), tensortest.Zeros(batch, hidden)
	for range steps {
		gates := tensortest.Zip(tensortest.Linear(x, ih, bi), tensortest.Linear(h, hh, bh), func(a, b float64) float64 { return a + b })
		for i := range h.Data {
			row, j := i/hidden, i%hidden
			c.Data[i] = sigmoid(gates.At(row, hidden+j))*c.Data[i] + sigmoid(gates.At(row, j))*math.Tanh(gates.At(row, 2*hidden+j))
			h.Data[i] = sigmoid(gates.At(row, 3*hidden+j)) * math.Tanh(c.Data[i])
		}
	}
	for i, want := range h.Data {
		if got := float64(s.F32("y")[i]); math.Abs(got-want) > 1e-6 {
			t.Errorf("h[%d] = %g, want %g", i, got, want)
		}
	}
}

// TestBlocksCompute checks that each block hands its weights to its operation.
func TestBlocksCompute(t *testing.T) {
	w, _ := tensortest.Weight(tensor.F32, 1, 6, 4)
	gain, gains := tensortest.Weight(tensor.F32, 2, 4)
	taps, _ := tensortest.Weight(tensor.F32, 3, 5, 4, 3)
	table := nn.Embedding{Weight: w}
	s := run(t, 1, func(g *tensor.Graph) {
		x := table.Forward(g.Input("ids", tensor.I32, 1, 3))
		g.Output("norm", (&nn.LayerNorm{Gain: gain}).Forward(x))
		g.Output("rms", (&nn.RMSNorm{Gain: gain}).Forward(x))
		g.Output("logits", table.Logits(x))
		g.Output("conv", (&nn.Conv1d{Weight: taps, Options: tensor.Conv1dOptions{Pad: 1}}).Forward(x))
		g.Output("linear", (&nn.Linear{Weight: w}).Forward(x))
	}, func(s *tensor.Session) { copy(s.I32("ids"), []int32{2, 5, 0}) })
	for i, x := range s.F32("logits") {
		if x != s.F32("linear")[i] {
			t.Fatalf("logits differ from the product with the table at %d", i)
		}
	}
	sum := 0.0
	for i := range 4 {
		sum += float64(s.F32("norm")[i]) / gains.Data[i]
	}
	if math.Abs(sum) > 1e-5 {
		t.Errorf("a normalised row has the mean %g", sum/4)
	}
	if len(s.F32("conv")) != 15 || len(s.F32("rms")) != 12 {
		t.Errorf("conv has %d values, rms %d", len(s.F32("conv")), len(s.F32("rms")))
	}
}
