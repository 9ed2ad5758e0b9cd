package resample

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/fault"
)

// sine is a tone of full scale.
func sine(hz float64, rateHz, samples int) []float32 {
	x := make([]float32, samples)
	for i := range x {
		x[i] = float32(math.Sin(2 * math.Pi * hz * float64(i) / float64(rateHz)))
	}
	return x
}

func convert(t testing.TB, from, to int, x []float32) []float32 {
	t.Helper()
	r, err := New(from, to)
	if err != nil {
		t.Fatal(err)
	}
	return r.Flush(r.Append(nil, x))
}

// ratios cover every rate of real recordings and two that need an interpolated table.
var ratios = []struct{ from, to int }{
	{8000, 16000},
	{11025, 16000},
	{22050, 16000},
	{24000, 16000},
	{32000, 16000},
	{44100, 16000},
	{48000, 16000},
	{96000, 16000},
	{192000, 16000},
	{768000, 16000},
	{16000, 48000},
	{16000, 44100},
	{44101, 16000},
	{7999, 16000},
	{16001, 16000},
}

// A tone in the passband comes out as the same tone at the new rate: no delay, no change of level. The bound is the noise of float32
// sums over some hundred taps, -125 dB.
func TestToneInThePassbandStaysWhatItIs(t *testing.T) {
	for _, c := range ratios {
		t.Run(fmt.Sprint(c.from, " to ", c.to), func(t *testing.T) {
			for _, share := range []float64{0.01, 0.3, 0.9} {
				hz := share * float64(min(c.from, c.to)) / 2
				got := convert(t, c.from, c.to, sine(hz, c.from, c.from/5))
				want := sine(hz, c.to, len(got))
				edge := len(got) / 4 // where the sound begins and ends the tone is not one
				for i := edge; i < len(got)-edge; i++ {
					if d := math.Abs(float64(got[i] - want[i])); d > 6e-7 {
						t.Fatalf("%.0f Hz, sample %d: off by %.2g", hz, i, d)
					}
				}
			}
		})
	}
}

func TestToneAboveTheNewBandIsGone(t *testing.T) {
	for _, c := range ratios {
		if c.from <= c.to {
			continue
		}
		for _, share := range []float64{1.001, 1.2, 1.7} {
			hz := share * float64(c.to) / 2
			if hz >= float64(c.from)/2 {
				continue
			}
			got := convert(t, c.from, c.to, sine(hz, c.from, c.from/5))
			for i := len(got) / 4; i < len(got)*3/4; i++ {
				if v := math.Abs(float64(got[i])); v > 4e-7 { // -128 dB: float32 sums; the filter itself is proved below
					t.Fatalf("%d to %d: %.0f Hz leaks %.2g", c.from, c.to, hz, v)
				}
			}
		}
	}
}

// The filter as designed, in float64, before its coefficients are rounded.
func TestFilterIsAsDeepAsPromised(t *testing.T) {
	for _, nyquist := range []float64{0.5, 1.0 / 3, 1.0 / 6} {
		n := taps(nyquist)
		k := newKernel(nyquist, n)
		const over = 4 // the continuous kernel, sampled finely
		for f := nyquist; f < over/2; f += 0.031 * nyquist {
			var sum complex128
			for i := -n / 2 * over; i <= n/2*over; i++ {
				at := float64(i) / over
				sum += complex(k.at(at)/over, 0) * cmplx.Exp(complex(0, -2*math.Pi*f*at))
			}
			if db := 20 * math.Log10(cmplx.Abs(sum)); db > -139.5 {
				t.Fatalf("%.4f cycles a sample at Nyquist %.3f: %.1f dB", f, nyquist, db)
			}
		}
	}
}

func TestStreamEqualsBatchToTheBit(t *testing.T) {
	made := map[int]*Resampler{} // the large tables once
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(ratios).Draw(t, "ratio")
		if c.from == 768000 {
			c.from = 384000
		}
		x := make([]float32, rapid.IntRange(0, 6000).Draw(t, "length"))
		seed := rapid.Uint32().Draw(t, "seed")
		for i := range x {
			seed = seed*1664525 + 1013904223
			x[i] = float32(int32(seed)) / (1 << 31)
		}
		r := made[c.from*1000000+c.to]
		if r == nil {
			var err error
			if r, err = New(c.from, c.to); err != nil {
				t.Fatal(err)
			}
			made[c.from*1000000+c.to] = r
		}
		batch := r.Flush(r.Append(nil, x))
		if want := (len(x)*c.to + c.from - 1) / c.from; len(batch) != want {
			t.Fatalf("%d samples give %d, want %d", len(x), len(batch), want)
		}
		var stream []float32 // the same Resampler again: Flush has reset it
		for rest := x; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			stream = r.Append(stream, rest[:n])
			rest = rest[n:]
		}
		if stream = r.Flush(stream); !slices.Equal(stream, batch) {
			t.Fatal("stream and batch differ")
		}
	})
}

func TestThereAndBackIsTheSameSound(t *testing.T) {
	x := sine(1000, 16000, 8000)
	back := convert(t, 44100, 16000, convert(t, 16000, 44100, x))
	for i := 2000; i < 6000; i++ {
		if d := math.Abs(float64(back[i] - x[i])); d > 1e-6 {
			t.Fatalf("sample %d is off by %.2g", i, d)
		}
	}
}

func TestTableStaysSmallForAnyRatio(t *testing.T) {
	for _, from := range []int{1, 15999, 767999} {
		for _, to := range []int{8000, 16001} {
			r, err := New(from, to)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.table) > maxTable {
				t.Errorf("%d to %d: %d coefficients", from, to, len(r.table))
			}
		}
	}
}

func TestRatesOutsideTheLimitsAreRefused(t *testing.T) {
	for _, c := range []struct{ from, to int }{{0, 16000}, {16000, 0}, {768001, 16000}, {-8000, 16000}, {768000, 1}} {
		if _, err := New(c.from, c.to); fault.KindOf(err) != fault.Unsupported {
			t.Errorf("%d to %d: %v", c.from, c.to, err)
		}
	}
}

func TestBlocksDoNotAllocate(t *testing.T) {
	r, err := New(44100, 16000)
	if err != nil {
		t.Fatal(err)
	}
	in, out := make([]float32, 4410), make([]float32, 0, 4410)
	if n := testing.AllocsPerRun(20, func() { out = r.Append(out[:0], in) }); n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}

func BenchmarkResample(b *testing.B) {
	for _, from := range []int{8000, 44100, 48000} {
		b.Run(fmt.Sprint(from), func(b *testing.B) {
			r, err := New(from, 16000)
			if err != nil {
				b.Fatal(err)
			}
			in, out := make([]float32, from), make([]float32, 0, 17000)
			b.ReportAllocs()
			for b.Loop() {
				out = r.Append(out[:0], in)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "x-realtime")
		})
	}
}
