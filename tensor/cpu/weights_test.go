package cpu_test

import (
	"runtime"
	"slices"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
	"github.com/dauys/dauys/tensor/tensortest"
)

// counted makes p count its loads and releases.
func counted(p *tensor.Param) (loads, releases *int) {
	loads, releases = new(int), new(int)
	load := p.Load
	p.Load = func() ([]byte, error) { *loads++; return load() }
	p.Release = func() { *releases++ }
	return loads, releases
}

func linear(t *testing.T, d tensor.Device, w *tensor.Param, rows int) *tensor.Session {
	t.Helper()
	p, err := tensor.Compile(d, func(g *tensor.Graph) {
		g.Output("y", g.Input("x", tensor.F32, rows, w.Shape[1]).Linear(w, nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.NewSession(nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestProgramsShareAPackedWeight(t *testing.T) {
	d := open(t, cpu.Config{Threads: 2})
	w, _ := tensortest.Weight(tensor.F16, 1, 64, 32)
	loads, releases := counted(w)
	a, b := linear(t, d, w, 1), linear(t, d, w, 7)
	if *loads != 1 || *releases != 1 {
		t.Errorf("packed %d times, released %d times; want once", *loads, *releases)
	}
	runtime.KeepAlive(a)
	runtime.KeepAlive(b)
}

func TestHalfFloatWeightsEqualRoundedOnes(t *testing.T) {
	full, values := tensortest.Weight(tensor.F32, 1, 64, 32)
	half := open(t, cpu.Config{Threads: 1, Weights: cpu.HalfFloat})
	rounded := open(t, cpu.Config{Threads: 1, Weights: cpu.FullFloat})
	src, _ := full.Load()
	raw := slices.Clone(tensor.View[float32](src))
	for i, x := range values.Data {
		raw[i] = float32(tensortest.RoundF16(x))
	}
	b := tensor.HostBuffer(tensor.F32, 64, 32)
	copy(b.F32(), raw)
	same := &tensor.Param{Name: "rounded", Shape: full.Shape, Load: func() ([]byte, error) { return b.Bytes(), nil }}
	x, y := linear(t, half, full, 3), linear(t, rounded, same, 3)
	for _, s := range []*tensor.Session{x, y} {
		for i := range s.F32("x") {
			s.F32("x")[i] = float32(i%13) - 6
		}
		if err := s.Run(t.Context(), tensor.Batch); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(x.F32("y"), y.F32("y")) {
		t.Error("f32 weights kept as f16 differ from the same weights rounded before")
	}
}

func TestDamagedWeightsAreRefused(t *testing.T) {
	d := open(t, cpu.Config{Threads: 1})
	short, _ := tensortest.Weight(tensor.F32, 1, 4, 4)
	short.Load = func() ([]byte, error) { return make([]byte, 60), nil }
	scaleless, _ := tensortest.Weight(tensor.I8, 1, 4, 4)
	scaleless.Scale = nil
	for _, c := range []struct {
		w    *tensor.Param
		kind fault.Kind
	}{
		{short, fault.Corrupt}, {scaleless, fault.Invalid}, {&tensor.Param{Name: "unbound", Shape: []int{4, 4}}, fault.Invalid},
		{&tensor.Param{Name: "ids", DType: tensor.I32, Shape: []int{4, 4}}, fault.Unsupported},
	} {
		_, err := tensor.Compile(d, func(g *tensor.Graph) { g.Output("y", g.Input("x", tensor.F32, 1, 4).Linear(c.w, nil)) })
		if fault.KindOf(err) != c.kind {
			t.Errorf("%s: error %v, want kind %s", c.w, err, c.kind)
		}
	}
}

func TestUnknownLevelsAndThreadsAreRefused(t *testing.T) {
	for _, c := range []cpu.Config{{Level: "sse9"}, {Threads: -1}} {
		if _, err := cpu.New(c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	for _, rows := range []int{1, 30} {
		s := tensortest.Block(t, open(t, cpu.Config{Threads: 2}), rows)
		if err := s.Run(t.Context(), tensor.Live); err != nil { // the first run prepares products
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(20, func() {
			if err := s.Run(t.Context(), tensor.Live); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("a run of %d rows allocates %v times", rows, n)
		}
	}
}
