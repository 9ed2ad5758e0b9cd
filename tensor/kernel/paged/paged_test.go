package paged_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/paged"
)

// scene is a pool and the rows that look into it.
type scene struct {
	paged.Config
	q, k, v        []float32
	table, lengths []int32
	gap            int // between the rows of q
}

// makeScene fills a pool; rows share the table of row (i / share * share), whose pages are scattered.
func makeScene(c paged.Config, share int, lengths ...int32) scene {
	if c.KVHeads == 0 {
		c.KVHeads = c.Heads
	}
	s := scene{Config: c, gap: 3, lengths: lengths}
	width := c.KVHeads * c.Dim
	s.q = kerneltest.Normal(c.Rows*(c.Heads*c.Dim+s.gap), 1)
	s.k, s.v = kerneltest.Normal(c.Pages*c.PageSize*width, 2), kerneltest.Normal(c.Pages*c.PageSize*width, 3)
	for r := range c.Rows {
		for p := range c.MaxPages {
			s.table = append(s.table, int32((r/share*7+p*p+p/3)%c.Pages))
		}
	}
	return s
}

func (s scene) row(store []float32, r, t, head int) []float32 {
	width := s.KVHeads * s.Dim
	slot := int(s.table[r*s.MaxPages+t/s.PageSize])*s.PageSize + t%s.PageSize
	return store[slot*width+head/(s.Heads/s.KVHeads)*s.Dim:][:s.Dim]
}

// reference gives the probabilities and the output of one head of one row, in float64.
func (s scene) reference(r, head int) (p, out []float64) {
	p, out = make([]float64, s.MaxPages*s.PageSize), make([]float64, s.Dim)
	from, to := 0, min(int(s.lengths[r]), len(p))
	if s.Window > 0 {
		from = max(0, to-s.Window)
	}
	top, sum := math.Inf(-1), 0.0
	for t := from; t < to; t++ {
		for i, k := range s.row(s.k, r, t, head) {
			p[t] += float64(s.q[r*(s.Heads*s.Dim+s.gap)+head*s.Dim+i]) * float64(k) * float64(s.Scale)
		}
		if s.SoftCap > 0 {
			p[t] = float64(s.SoftCap) * math.Tanh(p[t]/float64(s.SoftCap))
		}
		top = max(top, p[t])
	}
	for t := from; t < to; t++ {
		p[t] = math.Exp(p[t] - top)
		sum += p[t]
	}
	for t := from; t < to; t++ {
		p[t] /= sum
		for i, v := range s.row(s.v, r, t, head) {
			out[i] += p[t] * float64(v)
		}
	}
	return p, out
}

func (s scene) attention(t testing.TB, level kernel.Level, half bool, pool kernel.Pool) (*paged.Attention, []float32) {
	a, err := paged.New(level, s.Config, pool.Workers())
	if err != nil {
		t.Fatal(err)
	}
	a.Q, a.QStride, a.Out, a.Table, a.Lengths = s.q, s.Heads*s.Dim+s.gap, make([]float32, s.Rows*s.Heads*s.Dim), s.table, s.lengths
	a.K, a.V = paged.Store{F32: s.k}, paged.Store{F32: s.v}
	if half {
		a.K, a.V = paged.Store{F16: make([]uint16, len(s.k))}, paged.Store{F16: make([]uint16, len(s.v))}
		convert.F32ToF16(level, a.K.F16, s.k)
		convert.F32ToF16(level, a.V.F16, s.v)
	}
	a.Run(pool)
	return a, a.Out
}

func scenes() map[string]scene {
	return map[string]scene{
		"no rows":       makeScene(paged.Config{Rows: 0, Heads: 1, Dim: 8, Pages: 1, PageSize: 1, MaxPages: 1, Scale: 1}, 1),
		"one of all":    makeScene(paged.Config{Rows: 1, Heads: 1, Dim: 1, Pages: 1, PageSize: 1, MaxPages: 1, Scale: 1}, 1, 1),
		"self":          makeScene(paged.Config{Rows: 3, Heads: 2, Dim: 64, Pages: 40, PageSize: 16, MaxPages: 28, Scale: .125}, 1, 448, 0, 17),
		"beams":         makeScene(paged.Config{Rows: 9, Heads: 2, Dim: 64, Pages: 30, PageSize: 64, MaxPages: 24, Scale: .125}, 8, 1500, 1500, 1500, 1500, 1500, 1500, 1500, 3, 3),
		"odd":           makeScene(paged.Config{Rows: 4, Heads: 3, Dim: 20, Pages: 9, PageSize: 5, MaxPages: 7, Scale: .3}, 2, 33, 33, 35, 99),
		"grouped heads": makeScene(paged.Config{Rows: 4, Heads: 6, KVHeads: 2, Dim: 40, Pages: 9, PageSize: 16, MaxPages: 7, Scale: .3}, 2, 33, 33, 35, 99),
		"window, cap":   makeScene(paged.Config{Rows: 2, Heads: 2, Dim: 128, Pages: 9, PageSize: 16, MaxPages: 7, Scale: .3, Window: 30, SoftCap: 4}, 2, 100, 100),
	}
}

func TestOutputsMatchFloat64(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for name, s := range scenes() {
			for half, tolerance := range map[bool]float64{false: 2e-5, true: 4e-3} { // f16 has 11 bits
				t.Run(fmt.Sprintf("%s f16=%v", name, half), func(t *testing.T) {
					_, out := s.attention(t, level, half, kerneltest.Parallel(2))
					for r := range s.Rows {
						for h := range s.Heads {
							_, want := s.reference(r, h)
							kerneltest.Close(t, out[(r*s.Heads+h)*s.Dim:][:s.Dim], want, tolerance)
						}
					}
				})
			}
		}
	})
}

func TestWeightsMatchFloat64(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for name, s := range scenes() {
			t.Run(name, func(t *testing.T) {
				heads := []int{s.Heads - 1, 0}
				w, err := paged.NewWeights(level, s.Config, heads, 2)
				if err != nil {
					t.Fatal(err)
				}
				keys := s.MaxPages * s.PageSize
				w.Q, w.QStride, w.K, w.Table, w.Lengths = s.q, s.Heads*s.Dim+s.gap, paged.Store{F32: s.k}, s.table, s.lengths
				w.Out = kerneltest.Normal(s.Rows*2*keys, 9)
				w.Run(kerneltest.Parallel(2))
				for r := range s.Rows {
					for i, h := range heads {
						p, _ := s.reference(r, h)
						kerneltest.Close(t, w.Out[(r*2+i)*keys:][:keys], p, 2e-5)
					}
				}
			})
		}
	})
}

func TestRowsDoNotDependOnTheirGroup(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, half := range []bool{false, true} {
			s := scenes()["beams"]
			_, want := s.attention(t, level, half, kernel.Serial{})
			for r := range s.Rows {
				one := s
				one.Rows, one.q = 1, s.q[r*(s.Heads*s.Dim+s.gap):]
				one.table, one.lengths = s.table[r*s.MaxPages:], s.lengths[r:]
				_, got := one.attention(t, level, half, kernel.Serial{})
				kerneltest.Same(t, got, want[r*s.Heads*s.Dim:][:s.Heads*s.Dim])
			}
			_, threads := s.attention(t, level, half, kerneltest.Parallel(3))
			kerneltest.Same(t, threads, want)
		}
	})
}

func TestPagesBehindTheLengthAreNotRead(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		s := makeScene(paged.Config{Rows: 2, Heads: 1, Dim: 16, Pages: 6, PageSize: 4, MaxPages: 3, Scale: 1}, 1, 5, 12)
		_, want := s.attention(t, level, false, kernel.Serial{})
		s.table[2] = -1 // row 0 has two pages
		_, got := s.attention(t, level, false, kernel.Serial{})
		kerneltest.Same(t, got, want)
		s.table[4] = 99 // row 1 ends before its second page
		_, got = s.attention(t, level, false, kernel.Serial{})
		s.lengths[1] = 4
		_, want = s.attention(t, level, false, kernel.Serial{})
		kerneltest.Same(t, got, want)
	})
}

func TestWritePutsRowsIntoTheirSlots(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		k, v := kerneltest.Normal(4*20, 1), kerneltest.Normal(4*20, 2)
		w := paged.NewWrite(level, 4, 20, 6)
		w.K, w.V, w.Slots = k, v, []int32{5, -1, 6, 0}
		w.KPool, w.VPool = paged.Store{F32: make([]float32, 6*20)}, paged.Store{F16: make([]uint16, 6*20)}
		w.Run(kernel.Serial{})
		kerneltest.Same(t, w.KPool.F32[:20], k[60:])
		kerneltest.Same(t, w.KPool.F32[20:100], make([]float32, 80))
		kerneltest.Same(t, w.KPool.F32[100:], k[:20])
		if w.VPool.F16[3] != convert.ToF16(v[63]) || w.VPool.F16[103] != convert.ToF16(v[3]) || w.VPool.F16[40] != 0 {
			t.Errorf("f16 rows are not where they belong: %v", w.VPool.F16)
		}
	})
}

func TestRunAllocatesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		a, _ := scenes()["beams"].attention(t, level, true, kernel.Serial{})
		if n := testing.AllocsPerRun(3, func() { a.Run(kernel.Serial{}) }); n != 0 {
			t.Errorf("Run allocates %v times", n)
		}
	})
}

// Cross attention of 5 beams over 1,500 frames in 6 layers, more than the caches hold: bytes are those of keys and values.
func BenchmarkCross(b *testing.B) {
	for _, rows := range []int{1, 5} {
		for _, half := range []bool{false, true} {
			for _, level := range kerneltest.Levels()[1:] {
				b.Run(fmt.Sprintf("%d rows f16=%v %s", rows, half, level), func(b *testing.B) { cross(b, level, rows, half) })
			}
		}
	}
}

func cross(b *testing.B, level kernel.Level, rows int, half bool) {
	const layers, size = 8, 4
	c := paged.Config{Rows: rows, Heads: 8, Dim: 64, Pages: 24, PageSize: 64, MaxPages: 24, Scale: .125}
	var all []*paged.Attention
	for range layers {
		s := makeScene(c, rows, 1500, 1500, 1500, 1500, 1500)
		for i := range s.table {
			s.table[i] = int32(i % 24)
		}
		a, _ := s.attention(b, level, half, kernel.Serial{})
		all = append(all, a)
	}
	bytes := int64(1500 * 512 * 2 * size)
	if half {
		bytes /= 2
	}
	b.SetBytes(bytes * layers)
	for b.Loop() {
		for _, a := range all {
			a.Run(kernel.Serial{})
		}
	}
}
