package cpu_test

import (
	"fmt"
	"testing"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
	"github.com/dauys/dauys/tensor/nn"
	"github.com/dauys/dauys/tensor/tensortest"
)

// layer is a transformer layer with the parts that Whisper has.
type layer struct {
	attnNorm, mlpNorm                nn.LayerNorm
	query, key, value, out, up, down nn.Linear
}

func newLayer(seed uint64, width int) *layer {
	linear := func(out, in int) nn.Linear {
		seed += 2
		w, _ := tensortest.Weight(tensor.F16, seed, out, in)
		b, _ := tensortest.Weight(tensor.F32, seed+1, out)
		return nn.Linear{Weight: w, Bias: b}
	}
	norm := func() nn.LayerNorm {
		seed++
		g, _ := tensortest.Weight(tensor.F32, seed, width)
		return nn.LayerNorm{Gain: g, Bias: g}
	}
	return &layer{
		attnNorm: norm(), mlpNorm: norm(), query: linear(width, width), key: linear(width, width), value: linear(width, width),
		out: linear(width, width), up: linear(4*width, width), down: linear(width, 4*width),
	}
}

func (l *layer) mlp(x *tensor.Tensor) *tensor.Tensor {
	return x.Add(l.down.Forward(l.up.Forward(l.mlpNorm.Forward(x)).GELU()))
}

// BenchmarkEncoder runs six layers of Whisper base's encoder over 30 s.
func BenchmarkEncoder(b *testing.B) {
	const time, width, heads, layers = 1500, 512, 8, 6
	flops := float64(layers) * (2*time*width*width*12 + 4*time*time*width)
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			s := session(b, threads, func(g *tensor.Graph) {
				x := g.Input("x", tensor.F32, 1, time, width)
				for i := range layers {
					l := newLayer(uint64(100*i), width)
					h := l.attnNorm.Forward(x)
					a := l.query.Forward(h).Attention(l.key.Forward(h), l.value.Forward(h), tensor.AttentionOptions{Heads: heads})
					x = l.mlp(x.Add(l.out.Forward(a)))
				}
				g.Output("y", x)
			})
			run(b, s)
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkStep runs a decoder step of Whisper base (without logits) for some rows after 100 tokens.
func BenchmarkStep(b *testing.B) {
	const width, heads, layers, page = 512, 8, 6, 16
	for _, rows := range []int{1, 5} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			s := session(b, 2, func(g *tensor.Graph) {
				x := g.Input("x", tensor.F32, rows, width)
				slots, lengths := g.Input("slots", tensor.I32, rows), g.Input("lengths", tensor.I32, rows)
				table := g.Input("table", tensor.I32, rows, 28)
				for i := range layers {
					l := newLayer(uint64(100*i), width)
					name := func(s string) string { return fmt.Sprintf("%s%d", s, i) }
					kv := nn.KV{
						Pool:  tensor.KV{K: g.State(name("k"), tensor.F16, 160, page, width), V: g.State(name("v"), tensor.F16, 160, page, width)},
						Slots: slots, Table: table, Lengths: lengths,
					}
					h := l.attnNorm.Forward(x)
					a := kv.Attend(l.query.Forward(h), l.key.Forward(h), l.value.Forward(h), tensor.AttentionOptions{Heads: heads})
					x = l.mlp(x.Add(l.out.Forward(a)))
				}
				g.Output("y", x)
			})
			for r := range rows {
				s.I32("lengths")[r] = 100
				for p := range 28 {
					s.I32("table")[r*28+p] = int32(28*r + p)
				}
			}
			run(b, s)
		})
	}
}

// BenchmarkTiny runs thirty small operations in a row: the cost of an operation itself.
func BenchmarkTiny(b *testing.B) {
	s := session(b, 2, func(g *tensor.Graph) {
		x := g.Input("x", tensor.F32, 1, 16)
		for range 30 {
			x = x.Softmax()
		}
		g.Output("y", x)
	})
	run(b, s)
}

func session(b *testing.B, threads int, build func(*tensor.Graph)) *tensor.Session {
	b.Helper()
	p, err := tensor.Compile(open(b, cpu.Config{Threads: threads}), build)
	if err != nil {
		b.Fatal(err)
	}
	s, err := p.NewSession(nil)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func run(b *testing.B, s *tensor.Session) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Run(b.Context(), tensor.Batch); err != nil {
			b.Fatal(err)
		}
	}
}
