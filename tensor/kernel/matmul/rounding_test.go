package matmul

import (
	"fmt"
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
)

// chain computes one element as the package promises: one chain of multiply-adds over k.
func chain(l kernel.Level, a []float32, w []float64) float32 {
	var s float32
	for k, x := range a {
		if l == kernel.Portable {
			s += float32(x * float32(w[k]))
		} else {
			s = fma32(x, float32(w[k]), s)
		}
	}
	return s
}

// fma32 rounds a·b + c once. The product is exact in float64; the sum is rounded to odd there, so that the second
// rounding, to float32, is that of the exact sum (Boldo and Melquiond 2008).
func fma32(a, b, c float32) float32 {
	p, q := float64(a)*float64(b), float64(c)
	s := p + q
	t := s - p
	if e := (p - (s - t)) + (q - t); e != 0 && math.Float64bits(s)&1 == 0 {
		if (e > 0) == (s > 0) {
			s = math.Float64frombits(math.Float64bits(s) + 1)
		} else {
			s = math.Float64frombits(math.Float64bits(s) - 1)
		}
	}
	return float32(s)
}

func TestEveryElementIsOneChain(t *testing.T) {
	const most, n, k = 64, 150, 1400
	for _, l := range kerneltest.Levels() {
		for _, typ := range []Type{F32, F16, BF16, I8} {
			w, err := Pack(l, kernel.Serial{}, typ, F32, bytesOf(kerneltest.Normal(n*k, 1)), n, k, nil)
			if err != nil {
				t.Fatal(err)
			}
			for j := range w.scale {
				w.scale[j] = 1 // what the chain makes of the integers
			}
			a, ref := kerneltest.Normal(most*k, 2), weights(w)
			want := make([]float32, most*n)
			for i := range most {
				for j := range n {
					want[i*n+j] = chain(l, a[i*k:][:k], ref[j*k:][:k])
				}
			}
			for _, m := range []int{1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 17, 29, 64} {
				t.Run(fmt.Sprintf("%v %v %d rows", l, typ, m), func(t *testing.T) {
					sameBits(t, l, w, a, want, m, n, k)
				})
			}
		}
	}
}

// sameBits runs the last m of the rows with one worker and with three.
func sameBits(t *testing.T, l kernel.Level, w *Packed, a, want []float32, m, n, k int) {
	first := len(want)/n - m
	for _, workers := range []int{1, 3} {
		c := make([]float32, m*n)
		mul, err := New(l, NewScratch(l, workers), Args{M: m, A: a[first*k:], LDA: k, B: w, C: c, LDC: n})
		if err != nil {
			t.Fatal(err)
		}
		mul.Run(kerneltest.Parallel(workers))
		for i, got := range c {
			if math.Float32bits(got) != math.Float32bits(want[first*n+i]) {
				t.Fatalf("row %d, column %d, %d workers: %v, want %v", i/n, i%n, workers, got, want[first*n+i])
			}
		}
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	for _, l := range kerneltest.Levels() {
		for _, m := range []int{1, 100} {
			mul := product(t, l, 1, F16, m, 70, 200, GELU)
			if n := testing.AllocsPerRun(10, func() { mul.Run(kernel.Serial{}) }); n != 0 {
				t.Errorf("%v, %d rows: %v allocations", l, m, n)
			}
		}
	}
}

func TestNaNAndInfinityReachTheirRowAndColumnOnly(t *testing.T) {
	const m, n, k = 20, 70, 33
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, l := range kerneltest.Levels() {
		for _, rows := range []int{3, m} {
			a, b := kerneltest.Normal(rows*k, 1), kerneltest.Normal(n*k, 2)
			a[1*k+5], b[40*k+7] = nan, inf
			w, err := Pack(l, kernel.Serial{}, F16, F32, bytesOf(b), n, k, nil)
			if err != nil {
				t.Fatal(err)
			}
			c := make([]float32, rows*n)
			mul, err := New(l, NewScratch(l, 1), Args{M: rows, A: a, LDA: k, B: w, C: c, LDC: n})
			if err != nil {
				t.Fatal(err)
			}
			mul.Run(kernel.Serial{})
			for i, v := range c {
				isNaN, isInf := math.IsNaN(float64(v)), math.IsInf(float64(v), 0)
				if isNaN != (i/n == 1) || isInf != (i/n != 1 && i%n == 40) {
					t.Fatalf("%v: [%d][%d] = %v", l, i/n, i%n, v)
				}
			}
		}
	}
}
