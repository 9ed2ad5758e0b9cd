package matmul

import (
	"fmt"
	"math"
	"testing"
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
)

func TestDenseProductsOfABatch(t *testing.T) {
	for _, l := range kerneltest.Levels() {
		for _, s := range [][4]int{{1, 1, 1, 1}, {3, 5, 7, 9}, {2, 40, 33, 64}, {2, 1, 50, 31}, {1, 30, 64, 1500}, {4, 0, 3, 3}} {
			for _, transposed := range []bool{false, true} {
				t.Run(fmt.Sprint(l, s, transposed), func(t *testing.T) { checkDense(t, l, s[0], s[1], s[2], s[3], transposed) })
			}
		}
	}
}

func checkDense(t *testing.T, l kernel.Level, batch, m, n, k int, transposed bool) {
	d := &Dense{K: k, N: n, LDB: n + 2, Transposed: transposed}
	rows := k
	if transposed {
		d.LDB, rows = k+2, n
	}
	strideA, strideB, strideC := m*k+1, rows*d.LDB+5, m*n+3
	a, c := kerneltest.Normal(batch*strideA, 1), make([]float32, batch*strideC)
	d.B = kerneltest.Normal(batch*strideB, 2)
	mul, err := New(l, NewScratch(l, 2), Args{
		M: m, A: a, LDA: k, Dense: d, C: c, LDC: n, Alpha: 0.5, Batch: batch, StrideA: strideA, StrideB: strideB, StrideC: strideC,
	})
	if err != nil {
		t.Fatal(err)
	}
	mul.Run(kerneltest.Parallel(2))
	for i := range batch * m * n {
		p, row, col := i/(m*n), i/n%m, i%n
		var sum, size float64
		for kk := range k {
			b := d.B[p*strideB+kk*d.LDB*b2i(!transposed)+col*b2i(!transposed)+(col*d.LDB+kk)*b2i(transposed)]
			x := float64(a[p*strideA+row*k+kk]) * float64(b)
			sum, size = sum+x/2, size+math.Abs(x)
		}
		if got := float64(c[p*strideC+row*n+col]); math.Abs(got-sum) > 1e-6*(size+1) {
			t.Fatalf("product %d [%d][%d]: got %v, want %v", p, row, col, got, sum)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestOverlappingRowsAreAConvolution(t *testing.T) {
	const time, channels, taps, stride, n = 50, 6, 3, 2, 10
	x, b := kerneltest.Normal(time*channels, 1), kerneltest.Normal(n*taps*channels, 2)
	for _, l := range kerneltest.Levels() {
		w, err := Pack(l, kernel.Serial{}, F32, F32, bytesOf(b), n, taps*channels, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := (time-taps)/stride + 1
		direct, window := make([]float32, m*n), make([]float32, m*n)
		for _, args := range []Args{
			{M: m, A: x, LDA: stride * channels, B: w, C: direct, LDC: n},
			{M: m, A: x, B: w, C: window, LDC: n, Window: &Window{Time: time, Channels: channels, Taps: taps, Width: channels, Stride: stride}},
		} {
			mul, err := New(l, NewScratch(l, 1), args)
			if err != nil {
				t.Fatal(err)
			}
			mul.Run(kernel.Serial{})
		}
		for i := range direct {
			if direct[i] != window[i] {
				t.Fatalf("%v: [%d] = %v by rows, %v by window", l, i, direct[i], window[i])
			}
		}
		if want := chain(l, x[stride*channels:][:taps*channels], weights(w)); direct[n] != want {
			t.Errorf("%v: got %v, want %v", l, direct[n], want)
		}
	}
}

func TestPackConvertsEverySourceToEveryStorage(t *testing.T) {
	const n, k = 37, 19
	values := kerneltest.Normal(n*k, 1)
	f16, bf16, i8, scale := make([]uint16, n*k), make([]uint16, n*k), make([]int8, n*k), make([]float32, n)
	convert.F32ToF16(kernel.Portable, f16, values)
	convert.F32ToBF16(kernel.Portable, bf16, values)
	for i := range n {
		scale[i] = convert.F32ToI8(i8[i*k:], values[i*k:][:k])
	}
	sources := map[Type][]byte{F32: bytesOf(values), F16: raw(f16), BF16: raw(bf16), I8: raw(i8)}
	precision := map[Type]float64{F32: 0, F16: 1.0 / (1 << 11), BF16: 1.0 / (1 << 8), I8: 1.0 / 50}
	for _, l := range kerneltest.Levels() {
		for src, rows := range sources {
			for dst := range types {
				p, err := Pack(l, kerneltest.Parallel(2), dst, src, rows, n, k, scale)
				if err != nil {
					t.Fatal(err)
				}
				for i, got := range weights(p) {
					if e := math.Abs(got - float64(values[i])); e > (precision[src]+precision[dst])*math.Max(1, math.Abs(got)) {
						t.Fatalf("%v: %v as %v: [%d] = %v, want %v", l, src, dst, i, got, values[i])
					}
				}
			}
		}
	}
}

func TestPackColumnsTakesThePlainMatrix(t *testing.T) {
	const k, n, ldb = 5, 20, 23
	b := kerneltest.Normal(k*ldb, 1)
	p, err := PackColumns(kernel.Portable, kernel.Serial{}, F32, b, k, n, ldb)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range weights(p) {
		if want := float64(b[i%k*ldb+i/k]); got != want {
			t.Fatalf("column %d, row %d: got %v, want %v", i/k, i%k, got, want)
		}
	}
}

func TestWrongShapesAreErrors(t *testing.T) {
	l, pool := kernel.Portable, kernel.Serial{}
	w, err := Pack(l, pool, F32, F32, make([]byte, 4*6), 2, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := Args{M: 4, A: make([]float32, 12), LDA: 3, B: w, C: make([]float32, 8), LDC: 2}
	for name, spoil := range map[string]func(a *Args){
		"no right-hand side":   func(a *Args) { a.B = nil },
		"two right-hand sides": func(a *Args) { a.Dense = &Dense{} },
		"A is short":           func(a *Args) { a.A = a.A[1:] },
		"C is short":           func(a *Args) { a.C = a.C[1:] },
		"rows of C overlap":    func(a *Args) { a.LDC = 1 },
		"bias is short":        func(a *Args) { a.Bias = make([]float32, 1) },
		"residual is short":    func(a *Args) { a.Residual, a.LDR = make([]float32, 7), 2 },
		"negative distance":    func(a *Args) { a.LDA = -1 },
		"batch beyond A":       func(a *Args) { a.Batch, a.StrideA = 2, 1 },
		"window of another K":  func(a *Args) { a.Window = &Window{Time: 4, Channels: 3, Taps: 2, Width: 3} },
		"unknown activation":   func(a *Args) { a.Act = 200 },
	} {
		args := good
		spoil(&args)
		if _, err := New(l, NewScratch(l, 1), args); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	m, err := New(l, NewScratch(l, 1), good)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rebind(good.A[1:], nil, good.C, nil) == nil {
		t.Error("rebinding to short memory: no error")
	}
	if _, err := Pack(l, pool, F32, I8, make([]byte, 6), 2, 3, nil); err == nil {
		t.Error("i8 without scales: no error")
	}
	if _, err := Pack(l, pool, F32, F16, make([]byte, 11), 2, 3, nil); err == nil {
		t.Error("short weight: no error")
	}
}

// raw sees values as bytes.
func raw[T uint16 | int8](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), len(x)*int(unsafe.Sizeof(x[0])))
}
