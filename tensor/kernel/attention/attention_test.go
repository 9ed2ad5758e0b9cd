package attention_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/attention"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
)

// reference gives the probabilities of one query and its weighted values, in float64.
func reference(c attention.Config, q, k, v attention.View, batch, head, row, keys int) (p, out []float64) {
	kv := head / (c.Heads / c.KVHeads)
	p, out = make([]float64, c.KTime), make([]float64, c.Dim)
	top, sum := math.Inf(-1), 0.0
	for j := range p {
		p[j] = math.Inf(-1)
		at := row + c.Offset
		if j >= keys || c.Causal && j > at || c.Window > 0 && j <= at-c.Window {
			continue
		}
		var s float64
		for i := range c.Dim {
			s += float64(q.Data[batch*q.Batch+row*q.Row+head*c.Dim+i]) * float64(k.Data[batch*k.Batch+j*k.Row+kv*c.Dim+i])
		}
		p[j] = s * float64(c.Scale)
		if c.SoftCap > 0 {
			p[j] = float64(c.SoftCap) * math.Tanh(p[j]/float64(c.SoftCap))
		}
		top = math.Max(top, p[j])
	}
	for j := range p {
		p[j] = math.Exp(p[j] - top)
		if math.IsInf(top, -1) {
			p[j] = 0
		}
		sum += p[j]
	}
	for j := range p {
		if p[j] == 0 {
			continue
		}
		p[j] /= sum
		for i := range out {
			out[i] += p[j] * float64(v.Data[batch*v.Batch+j*v.Row+kv*c.Dim+i])
		}
	}
	return p, out
}

// view makes a strided view with numbers, NaN between the rows.
func view(batch, time, width, gap int, seed uint64) attention.View {
	row := width + gap
	data := kerneltest.Normal(batch*time*row, seed)
	for i := range data {
		if i%row >= width {
			data[i] = float32(math.NaN())
		}
	}
	return attention.View{Data: data, Batch: time * row, Row: row}
}

var shapes = []attention.Config{
	{Batch: 1, QTime: 1, KTime: 1, Heads: 1, Dim: 1, Scale: 1},
	{Batch: 0, QTime: 3, KTime: 3, Heads: 1, Dim: 8, Scale: 1},
	{Batch: 1, QTime: 0, KTime: 5, Heads: 2, Dim: 16, Scale: 1},
	{Batch: 1, QTime: 5, KTime: 0, Heads: 2, Dim: 16, Scale: 1},
	{Batch: 2, QTime: 7, KTime: 13, Heads: 3, Dim: 5, Scale: .5},
	{Batch: 2, QTime: 24, KTime: 64, Heads: 2, Dim: 16, Scale: .25},
	{Batch: 1, QTime: 50, KTime: 129, Heads: 2, Dim: 64, Scale: .125},
	{Batch: 1, QTime: 25, KTime: 65, Heads: 6, KVHeads: 2, Dim: 24, Scale: .3},
	{Batch: 1, QTime: 31, KTime: 77, Heads: 1, Dim: 80, Scale: .1},
	{Batch: 1, QTime: 9, KTime: 200, Heads: 4, KVHeads: 1, Dim: 128, Scale: .09, SoftCap: 5},
	{Batch: 2, QTime: 70, KTime: 70, Heads: 2, Dim: 64, Scale: .125, Causal: true},
	{Batch: 1, QTime: 30, KTime: 100, Heads: 2, Dim: 32, Scale: .2, Causal: true, Offset: 70},
	{Batch: 1, QTime: 150, KTime: 150, Heads: 2, Dim: 16, Scale: .25, Causal: true, Window: 20},
	{Batch: 1, QTime: 30, KTime: 30, Heads: 1, Dim: 16, Scale: .25, Causal: true, Offset: -5},
	{Batch: 1, QTime: 3, KTime: 1500, Heads: 1, Dim: 64, Scale: 4},
}

func TestOutputsMatchFloat64(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, c := range shapes {
			if c.KVHeads == 0 {
				c.KVHeads = c.Heads
			}
			t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) { compare(t, level, c) })
		}
	})
}

func compare(t *testing.T, level kernel.Level, c attention.Config) {
	q, k := view(c.Batch, c.QTime, c.Heads*c.Dim, 3, 1), view(c.Batch, c.KTime, c.KVHeads*c.Dim, 2, 2)
	v, out := view(c.Batch, c.KTime, c.KVHeads*c.Dim, 1, 3), view(c.Batch, c.QTime, c.Heads*c.Dim, 4, 4)
	lengths := []int32{int32(c.KTime), int32(c.KTime * 2 / 3)}
	a, err := attention.New(level, c, 2)
	if err != nil {
		t.Fatal(err)
	}
	a.Q, a.K, a.V, a.Out, a.Lengths = q, k, v, out, lengths
	a.Run(kerneltest.Parallel(2))
	heads := []int{c.Heads - 1, 0}
	w, err := attention.NewWeights(level, c, heads, 2)
	if err != nil {
		t.Fatal(err)
	}
	w.Q, w.K, w.Lengths, w.Out = q, k, lengths, make([]float32, c.Batch*2*c.QTime*c.KTime)
	w.Run(kerneltest.Parallel(2))
	for b := range c.Batch {
		for r := range c.QTime {
			for h := range c.Heads {
				_, want := reference(c, q, k, v, b, h, r, int(lengths[b]))
				kerneltest.Close(t, out.Data[b*out.Batch+r*out.Row+h*c.Dim:][:c.Dim], want, 2e-5)
			}
			for i, h := range heads {
				p, _ := reference(c, q, k, v, b, h, r, int(lengths[b]))
				kerneltest.Close(t, w.Out[((b*2+i)*c.QTime+r)*c.KTime:][:c.KTime], p, 2e-5)
			}
		}
	}
}

func run(t testing.TB, level kernel.Level, c attention.Config, q, k, v attention.View, keys, queries int, pool kernel.Pool) attention.View {
	a, err := attention.New(level, c, pool.Workers())
	if err != nil {
		t.Fatal(err)
	}
	out := attention.Dense(make([]float32, c.Batch*c.QTime*c.Heads*c.Dim), c.QTime, c.Heads*c.Dim)
	a.Q, a.K, a.V, a.Out = q, k, v, out
	a.Lengths, a.QLengths = []int32{int32(keys)}, []int32{int32(queries)}
	a.Run(pool)
	return out
}

// A query's bits must be the same alone, among others, in a longer buffer whose rest is NaN, and with other threads.
func TestRowsDoNotDependOnOthers(t *testing.T) {
	c := attention.Config{Batch: 1, QTime: 40, KTime: 100, Heads: 2, Dim: 64, Scale: .125}
	width := c.Heads * c.Dim
	q, k, v := view(1, 40, width, 0, 1), view(1, 300, width, 0, 2), view(1, 300, width, 0, 3)
	for i := 100 * width; i < len(k.Data); i++ {
		k.Data[i], v.Data[i] = float32(math.NaN()), float32(math.NaN())
	}
	for _, causal := range []bool{false, true} {
		c.Causal, c.Offset = causal, 60
		kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
			want := run(t, level, c, q, k, v, 100, 40, kernel.Serial{})
			long := c
			long.KTime = 300
			kerneltest.Same(t, run(t, level, long, q, k, v, 100, 40, kerneltest.Parallel(4)).Data, want.Data)
			for r := range c.QTime {
				one := c
				one.QTime, one.Offset = 1, c.Offset+r
				from := q
				from.Data = q.Data[r*width:]
				got := run(t, level, one, from, k, v, 100, 1, kernel.Serial{})
				kerneltest.Same(t, got.Data, want.Data[r*width:][:width])
			}
		})
	}
}

func TestQueriesThatDoNotExistGiveZeros(t *testing.T) {
	c := attention.Config{Batch: 1, QTime: 30, KTime: 10, Heads: 1, Dim: 16, Scale: .25}
	q, k, v := view(1, 30, 16, 0, 1), view(1, 10, 16, 0, 2), view(1, 10, 16, 0, 3)
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		all, some := run(t, level, c, q, k, v, 10, 30, kernel.Serial{}), run(t, level, c, q, k, v, 10, 7, kernel.Serial{})
		kerneltest.Same(t, some.Data[:7*16], all.Data[:7*16])
		kerneltest.Same(t, some.Data[7*16:], make([]float32, 23*16))
	})
}

func TestFutureNaNStaysInTheFuture(t *testing.T) {
	c := attention.Config{Batch: 1, QTime: 30, KTime: 30, Heads: 1, Dim: 16, Scale: .25, Causal: true}
	q, k, v := view(1, 30, 16, 0, 1), view(1, 30, 16, 0, 2), view(1, 30, 16, 0, 3)
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		clean := run(t, level, c, q, k, v, 30, 30, kernel.Serial{})
		bad := attention.View{Data: append([]float32{}, v.Data...), Batch: v.Batch, Row: v.Row}
		bad.Data[20*16] = float32(math.NaN())
		got := run(t, level, c, q, k, bad, 30, 30, kernel.Serial{})
		kerneltest.Same(t, got.Data[:20*16], clean.Data[:20*16])
		if v := got.Data[20*16]; v == v {
			t.Errorf("row 20 sees NaN, but gives %g", v)
		}
	})
}

func TestImpossibleShapesAreErrors(t *testing.T) {
	for _, c := range []attention.Config{{Heads: 0}, {Heads: 3, KVHeads: 2}, {Heads: 1, KTime: -1}} {
		if _, err := attention.New(kernel.Portable, c, 1); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	if _, err := attention.NewWeights(kernel.Portable, attention.Config{Heads: 2}, []int{2}, 1); err == nil {
		t.Error("head 2 of 2 is accepted")
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	c := attention.Config{Batch: 1, QTime: 30, KTime: 30, Heads: 1, Dim: 16, Scale: .25, Causal: true}
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		a, err := attention.New(level, c, 1)
		if err != nil {
			t.Fatal(err)
		}
		a.Q, a.K, a.V, a.Out = view(1, 30, 16, 0, 1), view(1, 30, 16, 0, 2), view(1, 30, 16, 0, 3), view(1, 30, 16, 0, 4)
		if n := testing.AllocsPerRun(3, func() { a.Run(kernel.Serial{}) }); n != 0 {
			t.Errorf("Run allocates %v times", n)
		}
	})
}

// The encoder of Whisper: 1,500 frames, heads of 64.
func BenchmarkEncoder(b *testing.B) {
	for _, heads := range []int{8, 20} {
		c := attention.Config{Batch: 1, QTime: 1500, KTime: 1500, Heads: heads, Dim: 64, Scale: .125}
		q, k, v := view(1, 1500, heads*64, 0, 1), view(1, 1500, heads*64, 0, 2), view(1, 1500, heads*64, 0, 3)
		for _, level := range kerneltest.Levels()[1:] {
			b.Run(fmt.Sprintf("%d heads %s", heads, level), func(b *testing.B) {
				a, err := attention.New(level, c, 1)
				if err != nil {
					b.Fatal(err)
				}
				a.Q, a.K, a.V, a.Out = q, k, v, attention.Dense(make([]float32, 1500*heads*64), 1500, heads*64)
				for b.Loop() {
					a.Run(kernel.Serial{})
				}
				flops := 4 * float64(heads) * 1500 * 1500 * 64
				b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
