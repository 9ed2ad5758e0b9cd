package tensortest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/dauys/dauys/tensor"
)

// Operand is an input of a case: random f32, or given i32.
type Operand struct {
	Shape []int
	Ints  func(i int) int // i32 values by position; nil: f32 from a normal distribution
}

// Case is a small program with its definition.
type Case struct {
	Name  string
	In    []Operand
	Build func(g *tensor.Graph, in []*tensor.Tensor) []*tensor.Tensor
	Want  func(in []Array) []Array
	Tol   float64 // largest error, of the largest |value| of the result (at least 1); 0: the same bits as float32
}

// RunAll runs every case on the device.
func RunAll(t *testing.T, d tensor.Device) {
	for _, group := range [][]Case{
		elementwiseCases(), productCases(), convCases(), rowCases(), viewCases(), attentionCases(),
		pagedCases(), stateCases(),
	} {
		for _, c := range group {
			t.Run(c.Name, func(t *testing.T) { c.run(t, d) })
		}
	}
}

// run executes a case twice, so that the second run meets used memory, and compares.
func (c Case) run(t *testing.T, d tensor.Device) {
	p, s := c.open(t, d)
	arrays := make([]Array, len(c.In))
	for i := range c.In {
		arrays[i] = c.fill(s, i)
	}
	want := c.Want(arrays)
	for round := range 2 {
		if err := s.Run(t.Context(), tensor.Batch); err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if err := compare(s, fmt.Sprintf("out%d", i), w, c.Tol); err != nil {
				t.Fatalf("run %d: %v\n%s", round, err, p)
			}
		}
	}
	s.Close()
}

// open compiles the case's program.
func (c Case) open(t *testing.T, d tensor.Device) (*tensor.Program, *tensor.Session) {
	t.Helper()
	p, err := tensor.Compile(d, func(g *tensor.Graph) {
		var in []*tensor.Tensor
		for i, o := range c.In {
			dtype := tensor.F32
			if o.Ints != nil {
				dtype = tensor.I32
			}
			in = append(in, g.Input(fmt.Sprintf("in%d", i), dtype, o.Shape...))
		}
		for i, out := range c.Build(g, in) {
			g.Output(fmt.Sprintf("out%d", i), out)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.NewSession(nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

// fill writes input i and gives its values.
func (c Case) fill(s *tensor.Session, i int) Array {
	a, name := Zeros(c.In[i].Shape...), fmt.Sprintf("in%d", i)
	r := rand.New(rand.NewPCG(uint64(i), 7))
	for j := range a.Data {
		if c.In[i].Ints != nil {
			s.I32(name)[j] = int32(c.In[i].Ints(j))
			a.Data[j] = float64(c.In[i].Ints(j))
			continue
		}
		s.F32(name)[j] = float32(r.NormFloat64())
		a.Data[j] = float64(s.F32(name)[j])
	}
	return a
}

// compare checks an output against the definition.
func compare(s *tensor.Session, name string, want Array, tol float64) error {
	b := s.Buffer(name)
	if !slices.Equal(b.Shape(), want.Shape) {
		return fmt.Errorf("%s has shape %v, want %v", name, b.Shape(), want.Shape)
	}
	top := 1.0
	for _, x := range want.Data {
		if !math.IsInf(x, 0) && !math.IsNaN(x) {
			top = max(top, math.Abs(x))
		}
	}
	for i, w := range want.Data {
		var got float64
		if b.DType() == tensor.I32 {
			got = float64(b.I32()[i])
		} else {
			got = float64(b.F32()[i])
			w = float64(float32(w))
		}
		if got != w && !(math.Abs(got-w) <= tol*top) && !(math.IsNaN(got) && math.IsNaN(w)) {
			return fmt.Errorf("%s%v: element %d is %g, want %g (tolerance %g of %g)", name, want.Shape, i, got, w, tol, top)
		}
	}
	return nil
}
