package pointwise_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/pointwise"
)

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// eval is one step in float64.
func eval(s pointwise.Step, a, b float64) float64 {
	x, y := float64(s.X), float64(s.Y)
	switch s.Op {
	case pointwise.Add:
		return a + b
	case pointwise.Sub:
		return a - b
	case pointwise.Mul:
		return a * b
	case pointwise.Div:
		return a / b
	case pointwise.AddScalar:
		return a + x
	case pointwise.MulScalar:
		return a * x
	case pointwise.Neg:
		return -a
	case pointwise.Exp:
		return math.Exp(a)
	case pointwise.Log:
		return math.Log(a)
	case pointwise.Sqrt:
		return math.Sqrt(a)
	case pointwise.Tanh:
		return math.Tanh(a)
	case pointwise.Sigmoid:
		return sigmoid(a)
	case pointwise.ReLU:
		return math.Max(a, 0)
	case pointwise.LeakyReLU:
		if a > 0 {
			return a
		}
		return a * x
	case pointwise.GELU:
		return a * 0.5 * math.Erfc(-a/math.Sqrt2)
	case pointwise.GELUTanh:
		return a * sigmoid(2*math.Sqrt(2/math.Pi)*(a+0.044715*a*a*a))
	case pointwise.SiLU:
		return a * sigmoid(a)
	}
	return math.Max(x, math.Min(y, a))
}

// reference runs a program on one element.
func reference(p pointwise.Program, inputs []float64) float64 {
	values := append([]float64{}, inputs...)
	for _, s := range p.Steps {
		var b float64
		if s.Op <= pointwise.Div {
			b = values[s.B]
		}
		values = append(values, eval(s, values[s.A], b))
	}
	return values[len(values)-1]
}

func programs() map[string]pointwise.Program {
	all := map[string]pointwise.Program{
		"chain": {Inputs: []pointwise.Kind{pointwise.Full, pointwise.Columns, pointwise.Rows, pointwise.Full}, Steps: []pointwise.Step{
			{Op: pointwise.Add, A: 0, B: 1},
			{Op: pointwise.GELU, A: 4},
			{Op: pointwise.Mul, A: 5, B: 2},
			{Op: pointwise.Tanh, A: 4},
			{Op: pointwise.Sub, A: 6, B: 7},
			{Op: pointwise.Add, A: 8, B: 3},
		}},
		"first and last": {Inputs: []pointwise.Kind{pointwise.Rows, pointwise.Columns}, Steps: []pointwise.Step{
			{Op: pointwise.Neg, A: 0}, {Op: pointwise.Neg, A: 1}, {Op: pointwise.Neg, A: 2}, {Op: pointwise.Mul, A: 2, B: 3}, {Op: pointwise.Add, A: 4, B: 5},
		}},
	}
	for op := pointwise.Add; op <= pointwise.Clamp; op++ {
		p := pointwise.Program{Inputs: []pointwise.Kind{pointwise.Full}, Steps: []pointwise.Step{{Op: op, X: -0.5, Y: 0.75}}}
		if op <= pointwise.Div {
			p.Inputs = append(p.Inputs, pointwise.Full)
			p.Steps[0].B = 1
		}
		all[fmt.Sprint("operation ", op)] = p
	}
	return all
}

func TestProgramsMatchFloat64(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for name, p := range programs() {
			for _, shape := range [][2]int{{0, 5}, {5, 0}, {1, 1}, {3, 7}, {2, 1025}, {70, 300}, {1, 17000}} {
				t.Run(fmt.Sprint(name, shape), func(t *testing.T) { compare(t, level, p, shape[0], shape[1]) })
			}
		}
	})
}

func compare(t *testing.T, level kernel.Level, p pointwise.Program, rows, cols int) {
	for _, gap := range []int{0, 3} {
		compareStrided(t, level, p, rows, cols, gap)
	}
}

func compareStrided(t *testing.T, level kernel.Level, p pointwise.Program, rows, cols, gap int) {
	w, err := pointwise.New(level, p, rows, cols, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range p.Inputs {
		data := kerneltest.Normal(max(rows*(cols+gap), cols), uint64(i))
		if k == pointwise.Full {
			w.In[i].Stride = cols + gap
			for j := range data {
				if j%97 == 5 {
					data[j] = float32(math.NaN())
				}
			}
		}
		w.In[i].Data = data
	}
	w.Out.Data = make([]float32, rows*cols)
	w.Run(kerneltest.Parallel(2))
	want := make([]float64, rows*cols)
	for i := range want {
		r, c := i/cols, i%cols
		values := make([]float64, len(p.Inputs))
		for j, k := range p.Inputs {
			at := map[pointwise.Kind]int{pointwise.Full: r*(cols+gap) + c, pointwise.Columns: c, pointwise.Rows: r}[k]
			values[j] = float64(w.In[j].Data[at])
		}
		want[i] = reference(p, values)
	}
	kerneltest.Close(t, w.Out.Data, want, 2e-6)
}

func TestRunsInPlaceWithoutAllocating(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		p := pointwise.Program{Inputs: []pointwise.Kind{pointwise.Full}, Steps: []pointwise.Step{{Op: pointwise.MulScalar, X: 2}, {Op: pointwise.Add, A: 0, B: 1}}}
		w, err := pointwise.New(level, p, 3, 100, 1)
		if err != nil {
			t.Fatal(err)
		}
		x := kerneltest.Normal(300, 1)
		y := append([]float32{}, x...)
		w.In[0].Data, w.Out.Data = y, y
		w.Run(kernel.Serial{})
		for i := range x {
			if y[i] != x[i]*3 {
				t.Fatalf("value %d is %g, want %g", i, y[i], x[i]*3)
			}
		}
		if n := testing.AllocsPerRun(3, func() { w.Run(kernel.Serial{}) }); n != 0 {
			t.Errorf("Run allocates %v times", n)
		}
	})
}

func TestImpossibleProgramsAreErrors(t *testing.T) {
	for name, p := range map[string]pointwise.Program{
		"no step":        {},
		"reads itself":   {Inputs: []pointwise.Kind{pointwise.Full}, Steps: []pointwise.Step{{Op: pointwise.Neg, A: 1}}},
		"unknown second": {Inputs: []pointwise.Kind{pointwise.Full}, Steps: []pointwise.Step{{Op: pointwise.Add, B: 7}}},
		"unknown step":   {Inputs: []pointwise.Kind{pointwise.Full}, Steps: []pointwise.Step{{Op: 200}}},
	} {
		if _, err := pointwise.New(kernel.Portable, p, 1, 1, 1); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// x + residual, bigger than the second cache: 12 bytes an element.
func BenchmarkResidual(b *testing.B) {
	p := pointwise.Program{Inputs: []pointwise.Kind{pointwise.Full, pointwise.Full}, Steps: []pointwise.Step{{Op: pointwise.Add, B: 1}}}
	x, y := kerneltest.Normal(1500*1280, 1), kerneltest.Normal(1500*1280, 2)
	for _, level := range kerneltest.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			w, err := pointwise.New(level, p, 1500, 1280, 1)
			if err != nil {
				b.Fatal(err)
			}
			w.In[0].Data, w.In[1].Data, w.Out.Data = x, y, make([]float32, len(x))
			b.SetBytes(12 * int64(len(x)))
			for b.Loop() {
				w.Run(kernel.Serial{})
			}
		})
	}
}
