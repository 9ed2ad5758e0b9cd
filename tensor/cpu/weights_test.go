package cpu_test

import (
	"runtime"
	"slices"
	"sync"
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

func TestProgramsShareWeights(t *testing.T) {
	d := open(t, cpu.Config{Threads: 2})
	w, _ := tensortest.Weight(tensor.F16, 1, 32, 32)
	taps, _ := tensortest.Weight(tensor.F16, 2, 32, 32, 3)
	bias, _ := tensortest.Weight(tensor.F32, 3, 32)
	gain, _ := tensortest.Weight(tensor.F32, 4, 32)
	table, _ := tensortest.Weight(tensor.F16, 5, 7, 32)
	counts := map[string][2]*int{}
	for name, p := range map[string]*tensor.Param{"matrix": w, "taps": taps, "bias": bias, "gain": gain, "table": table} {
		loads, releases := counted(p)
		counts[name] = [2]*int{loads, releases}
	}
	var programs []*tensor.Program
	for _, rows := range []int{1, 3, 7} {
		p, err := tensor.Compile(d, func(g *tensor.Graph) {
			x := g.Input("ids", tensor.I32, 1, rows).Embedding(table).LayerNorm(gain, bias, 1e-5)
			g.Output("y", x.Linear(w, bias).Conv1d(taps, bias, tensor.Conv1dOptions{Pad: 1}))
		})
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, p)
		runtime.GC() // what no program holds would go away now
		runtime.GC()
	}
	for name, n := range counts {
		if *n[0] != 1 || *n[1] != 1 {
			t.Errorf("%s: loaded %d times, released %d times; want once", name, *n[0], *n[1])
		}
	}
	runtime.KeepAlive(programs)
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

func TestWeightsAtOddAddressesAreRead(t *testing.T) {
	d := open(t, cpu.Config{Threads: 2})
	for _, dtype := range []tensor.DType{tensor.F32, tensor.F16, tensor.BF16} {
		w, _ := tensortest.Weight(dtype, 1, 64, 32)
		raw, _ := w.Load()
		shifted := append(make([]byte, 1, len(raw)+1), raw...)[1:]
		odd := &tensor.Param{Name: "odd", DType: dtype, Shape: w.Shape, Load: func() ([]byte, error) { return shifted, nil }}
		x, y := linear(t, d, w, 3), linear(t, d, odd, 3)
		for _, s := range []*tensor.Session{x, y} {
			for i := range s.F32("x") {
				s.F32("x")[i] = float32(i%13) - 6
			}
			if err := s.Run(t.Context(), tensor.Batch); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(x.F32("y"), y.F32("y")) {
			t.Errorf("%s weights at an odd address give other results", dtype)
		}
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
		{short, fault.Corrupt},
		{scaleless, fault.Invalid},
		{&tensor.Param{Name: "unbound", Shape: []int{4, 4}}, fault.Invalid},
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

func TestSessionsOfOneDeviceRunAtTheSameTime(t *testing.T) {
	d := open(t, cpu.Config{Threads: 2})
	const rows = 5
	want := blockOf(t, d, rows)
	var all sync.WaitGroup
	for pri := range tensor.Priority(tensor.Priorities) {
		for range 3 {
			s := tensortest.Block(t, d, rows)
			all.Go(func() {
				for range 10 {
					for i := range s.F32("x") {
						s.F32("x")[i] = float32(i%17) / 8
					}
					if err := s.Run(t.Context(), pri); err != nil {
						t.Error(err)
					}
					if !slices.Equal(s.F32("y"), want) {
						t.Error("a session computes something else while others run")
					}
				}
			})
		}
	}
	all.Wait()
}

// blockOf runs the test block alone.
func blockOf(t *testing.T, d tensor.Device, rows int) []float32 {
	t.Helper()
	s := tensortest.Block(t, d, rows)
	for i := range s.F32("x") {
		s.F32("x")[i] = float32(i%17) / 8
	}
	if err := s.Run(t.Context(), tensor.Batch); err != nil {
		t.Fatal(err)
	}
	return s.F32("y")
}
