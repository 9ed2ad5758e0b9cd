package matmul

import (
	"fmt"
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
)

// weights gives the float64 values that a packed weight stands for, [N][K].
func weights(p *Packed) []float64 {
	w := make([]float64, p.N*p.K)
	for j := range p.N {
		for k := range p.K {
			i := ((j/p.nr)*p.K+k)*p.nr + j%p.nr
			var one [1]float32
			switch p.Type {
			case F32:
				one[0] = view[float32](p.data)[i]
			case I8:
				w[j*p.K+k] = float64(view[int8](p.data)[i]) * float64(p.scale[j])
				continue
			default:
				portableExpand[p.Type](&one[0], &p.data[2*i], 1)
			}
			w[j*p.K+k] = float64(one[0])
		}
	}
	return w
}

func TestEveryVariantAgreesWithFloat64(t *testing.T) {
	shapes := [][3]int{ // M, N, K
		{0, 3, 4},
		{3, 0, 4},
		{3, 4, 0},
		{1, 1, 1},
		{1, 7, 5},
		{2, 33, 17},
		{3, 64, 100},
		{4, 100, 31},
		{5, 200, 64},
		{6, 47, 300},
		{7, 96, 257},
		{8, 65, 9},
		{9, 31, 33},
		{13, 130, 77},
		{14, 64, 512},
		{15, 33, 40},
		{16, 512, 16},
		{17, 32, 1100},
		{29, 70, 300},
		{100, 50, 60},
		{211, 97, 19},
		{400, 64, 33},
		{1, 40, 9000},
		{1, 1000, 64},
		{2, 33, 4097},
		{3001, 17, 5},
		{1, 70001, 3},
		{19, 40, 2600},
	}
	for _, l := range kerneltest.Levels() {
		for _, typ := range []Type{F32, F16, BF16, I8} {
			for _, s := range shapes {
				t.Run(fmt.Sprintf("%v %v %v", l, typ, s), func(t *testing.T) { check(t, l, typ, s[0], s[1], s[2]) })
			}
		}
	}
}

func check(t *testing.T, l kernel.Level, typ Type, m, n, k int) {
	a, raw := kerneltest.Normal(m*k, 1), kerneltest.Normal(n*k, 2)
	w, err := Pack(l, kernel.Serial{}, typ, F32, bytesOf(raw), n, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	bias, residual := kerneltest.Normal(n, 3), kerneltest.Normal(m*n, 4)
	c := make([]float32, m*(n+3))
	for i := range c {
		c[i] = float32(math.NaN())
	}
	mul, err := New(l, NewScratch(l, 1), Args{
		M: m, A: a, LDA: k, B: w, C: c, LDC: n + 3, Bias: bias, Act: GELU, Residual: residual, LDR: n,
	})
	if err != nil {
		t.Fatal(err)
	}
	mul.Run(kernel.Serial{})
	ref := weights(w)
	for i := range m {
		for j := range n {
			var sum, size float64
			for kk := range k {
				x := float64(a[i*k+kk]) * ref[j*k+kk]
				sum, size = sum+x, size+math.Abs(x)
			}
			x := sum + float64(bias[j])
			want := x*0.5*math.Erfc(-x/math.Sqrt2) + float64(residual[i*n+j])
			if got := float64(c[i*(n+3)+j]); !(math.Abs(got-want) <= (4+4*math.Sqrt(float64(k)))*0x1p-24*(size+4)) {
				t.Fatalf("[%d][%d]: got %v, want %v", i, j, got, want)
			}
		}
		for j := n; j < n+3; j++ {
			if !math.IsNaN(float64(c[i*(n+3)+j])) {
				t.Fatalf("row %d: wrote beyond column %d", i, n)
			}
		}
	}
}
