package cpu

import (
	"fmt"
	"testing"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/nn"
)

func param(name string, f func(i int) float32, shape ...int) *tensor.Param {
	n := 1
	for _, d := range shape {
		n *= d
	}
	b := tensor.HostBuffer(tensor.F32, n)
	for i := range b.F32() {
		b.F32()[i] = f(i)
	}
	return &tensor.Param{Name: name, Shape: shape, Load: func() ([]byte, error) { return b.Bytes(), nil }}
}

func TestSmoke(t *testing.T) {
	dev, err := New(Config{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	w := func(i int) float32 { return float32(i%7)/7 - 0.4 }
	up := nn.Linear{Weight: param("up", w, 64, 16), Bias: param("b", w, 64)}
	down := nn.Linear{Weight: param("down", w, 16, 64)}
	norm := nn.LayerNorm{Gain: param("g", w, 16), Bias: param("gb", w, 16)}
	p, err := tensor.Compile(dev, func(g *tensor.Graph) {
		x := g.Input("x", tensor.F32, 3, 16)
		h := g.State("h", tensor.F32, 3, 16)
		y := x.Add(down.Forward(up.Forward(norm.Forward(x)).GELU()))
		z := y.Mul(x).AddScalar(1).Tanh().Slice(1, 0, 8)
		g.Output("y", y)
		g.Output("z", z)
		g.Store(h, h.Add(y))
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Print(p)
	s, err := p.NewSession(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.F32("x") {
		s.F32("x")[i] = float32(i)
	}
	if err := s.Run(t.Context(), tensor.Live); err != nil {
		t.Fatal(err)
	}
	fmt.Println(s.F32("y"), s.F32("z"), s.F32("h"))
	fmt.Println(testing.AllocsPerRun(100, func() { s.Run(t.Context(), tensor.Live) }))
}
