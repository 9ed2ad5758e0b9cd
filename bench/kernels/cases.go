package kernels

import (
	"fmt"
	"math/rand/v2"

	"github.com/dauys/dauys/tensor"
)

// measured is an operation of a size, and what it must at least do: operations, or bytes to read and write.
type measured struct {
	operation, size, typ string
	flops, bytes         float64
	build                func(*tensor.Graph)
	fill                 func(*tensor.Session) // inputs, where zeros would not do
}

// Sizes of Whisper: a window has 1500 positions, base is 512 wide, large 1280 (openai/whisper, table 1 of Radford et al. 2022).
const (
	positions  = 1500
	base       = 512
	large      = 1280
	vocabulary = 51865
)

// cases lists what is measured, in the order of the table.
func cases() []measured {
	var all []measured
	for _, t := range []tensor.DType{tensor.F32, tensor.F16} {
		for _, s := range [][2]int{{base, base}, {4 * base, base}, {base, 4 * base}, {768, 768}, {1024, 1024}, {large, large}, {4 * large, large}, {large, 4 * large}} {
			all = append(all, product(t, positions, s[0], s[1]))
		}
	}
	for _, t := range []tensor.DType{tensor.F32, tensor.F16, tensor.I8} {
		for _, rows := range []int{1, 5} {
			all = append(all, product(t, rows, vocabulary, base))
		}
	}
	return append(all,
		attention(base, base/64), attention(large, large/64), convolution(),
		rowwise("layer norm", positions, base, func(x *tensor.Tensor) *tensor.Tensor { return x.LayerNorm(nil, nil, 1e-5) }),
		rowwise("layer norm", positions, large, func(x *tensor.Tensor) *tensor.Tensor { return x.LayerNorm(nil, nil, 1e-5) }),
		rowwise("softmax", 8*positions, positions, func(x *tensor.Tensor) *tensor.Tensor { return x.Softmax() }),
		rowwise("gelu", positions, 4*base, func(x *tensor.Tensor) *tensor.Tensor { return x.GELU() }),
		rowwise("transpose", positions, base, func(x *tensor.Tensor) *tensor.Tensor { return x.Transpose(1, 0).AddScalar(1) }),
		topK(5),
	)
}

// product is rows times a weight [n, k]. Few rows wait for the weights to be read; many compute.
func product(t tensor.DType, rows, n, k int) measured {
	c := measured{operation: "product", size: fmt.Sprintf("%dx%dx%d", rows, n, k), typ: t.String()}
	w := weight(t, n, k)
	if rows < 16 {
		c.operation, c.bytes = "product, few rows", float64(n)*float64(k)*float64(t.Size())
	} else {
		c.flops = 2 * float64(rows) * float64(n) * float64(k)
	}
	c.build = func(g *tensor.Graph) { g.Output("y", g.Input("x", tensor.F32, rows, k).Linear(w, nil)) }
	c.fill = noise("x")
	return c
}

func attention(width, heads int) measured {
	return measured{
		operation: "attention", size: fmt.Sprintf("%dx%d, %d heads", positions, width, heads),
		flops: 4 * positions * positions * float64(width),
		build: func(g *tensor.Graph) {
			q, k, v := g.Input("q", tensor.F32, 1, positions, width), g.Input("k", tensor.F32, 1, positions, width), g.Input("v", tensor.F32, 1, positions, width)
			g.Output("y", q.Attention(k, v, tensor.AttentionOptions{Heads: heads}))
		},
		fill: noise("q", "k", "v"),
	}
}

// convolution is the second of Whisper's, of stride 2.
func convolution() measured {
	w := weight(tensor.F32, base, base, 3)
	return measured{
		operation: "convolution", size: fmt.Sprintf("%dx%d, 3 taps, stride 2", 2*positions, base), typ: "f32",
		flops: 2 * positions * base * base * 3,
		build: func(g *tensor.Graph) {
			g.Output("y", g.Input("x", tensor.F32, 1, 2*positions, base).Conv1d(w, nil, tensor.Conv1dOptions{Stride: 2, Pad: 1}))
		},
		fill: noise("x"),
	}
}

// rowwise reads and writes every value once.
func rowwise(name string, rows, width int, f func(*tensor.Tensor) *tensor.Tensor) measured {
	return measured{
		operation: name, size: fmt.Sprintf("%dx%d", rows, width), bytes: 8 * float64(rows) * float64(width),
		build: func(g *tensor.Graph) { g.Output("y", f(g.Input("x", tensor.F32, rows, width))) }, fill: noise("x"),
	}
}

// topK chooses the next tokens of a beam.
func topK(rows int) measured {
	return measured{
		operation: "top 10", size: fmt.Sprintf("%dx%d", rows, vocabulary), bytes: 4 * float64(rows) * vocabulary,
		build: func(g *tensor.Graph) {
			values, ids := g.Input("x", tensor.F32, rows, vocabulary).TopK(10)
			g.Output("values", values)
			g.Output("ids", ids)
		},
		fill: noise("x"),
	}
}

// noise fills inputs with numbers in [-1, 1].
func noise(names ...string) func(*tensor.Session) {
	return func(s *tensor.Session) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, name := range names {
			x := s.F32(name)
			for i := range x {
				x[i] = 2*r.Float32() - 1
			}
		}
	}
}

// weight is one of small values that are numbers in every type.
func weight(t tensor.DType, shape ...int) *tensor.Param {
	p := &tensor.Param{Name: "weight", DType: t, Shape: shape}
	if t == tensor.I8 {
		p.Scale = weight(tensor.F32, shape[0])
		p.Scale.Name = "scale"
	}
	p.Load = func() ([]byte, error) {
		raw := make([]byte, p.Elements()*t.Size())
		switch t {
		case tensor.F32:
			for i := 3; i < len(raw); i += 4 {
				raw[i] = 0x3c // 2^-7
			}
		case tensor.F16:
			for i := 1; i < len(raw); i += 2 {
				raw[i] = 0x20 // 2^-7
			}
		default:
			for i := range raw {
				raw[i] = byte(i % 127)
			}
		}
		return raw, nil
	}
	return p
}
