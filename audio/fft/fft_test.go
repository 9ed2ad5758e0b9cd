package fft

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/dauys/dauys/fault"
)

// slowPower is the definition.
func slowPower(x []float64) []float64 {
	n := len(x)
	out := make([]float64, n/2+1)
	for k := range out {
		var re, im float64
		for i, v := range x {
			angle := -2 * math.Pi * float64(k*i%n) / float64(n)
			re, im = re+v*math.Cos(angle), im+v*math.Sin(angle)
		}
		out[k] = re*re + im*im
	}
	return out
}

func TestPowerIsTheDefinitionAtEveryLength(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{2, 4, 6, 8, 10, 12, 18, 20, 30, 32, 48, 50, 90, 200, 320, 400, 512, 600, 1000} {
		f, err := NewReal(n)
		if err != nil {
			t.Fatal(err)
		}
		x := make([]float64, n)
		for i := range x {
			x[i] = random.NormFloat64()
		}
		got, work := make([]float64, n/2+1), make([]complex128, n)
		f.Power(got, x, work)
		for k, want := range slowPower(x) {
			if math.Abs(got[k]-want) > 1e-12*float64(n)*(1+want) {
				t.Fatalf("length %d, bin %d: %g, want %g", n, k, got[k], want)
			}
		}
	}
}

func TestLengthsThatCannotBeDone(t *testing.T) {
	for _, n := range []int{-2, 0, 1, 7, 14, 401, 2 * maxSize} {
		if _, err := NewReal(n); fault.KindOf(err) != fault.Invalid {
			t.Errorf("length %d: %v", n, err)
		}
	}
}

func TestTransformsDoNotAllocate(t *testing.T) {
	f, err := NewReal(400)
	if err != nil {
		t.Fatal(err)
	}
	x, dst, work := make([]float64, 400), make([]float64, 201), make([]complex128, 400)
	if n := testing.AllocsPerRun(10, func() { f.Power(dst, x, work) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPower400(b *testing.B) {
	f, err := NewReal(400)
	if err != nil {
		b.Fatal(err)
	}
	x, dst, work := make([]float64, 400), make([]float64, 201), make([]complex128, 400)
	for b.Loop() {
		f.Power(dst, x, work)
	}
}
