package vmath

import (
	"fmt"
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
)

// functions are the exported ones with their bounds: the error is at most relative·|y| + absolute·max(1, |x|).
var functions = []struct {
	name               string
	run                func(kernel.Level, []float32, []float32)
	op                 op
	relative, absolute float64
}{
	{"exp", Exp, opExp, 1.5e-7, 1e-45},
	{"log", Log, opLog, 1.5e-7, 0},
	{"tanh", Tanh, opTanh, 3e-7, 0},
	{"sigmoid", Sigmoid, opSigmoid, 3e-7, 1e-38},
	{"silu", SiLU, opSiLU, 4e-7, 1e-38},
	{"gelu", GELU, opGELU, 6e-8, 6e-8},
	{"gelu tanh", GELUTanh, opGELUTanh, 2e-7, 2e-7},
}

// sweep visits every sign and exponent and a thousand values around each unit up to 100.
func sweep() []float32 {
	var x []float32
	for b := uint64(0); b < 1<<32; b += 104729 {
		x = append(x, math.Float32frombits(uint32(b)))
	}
	for i := -110000; i <= 110000; i++ {
		x = append(x, float32(i)/1000)
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	return append(x, 0, float32(math.Copysign(0, -1)), nan, inf, -inf, math.MaxFloat32, -math.MaxFloat32, 1e-45, -1e-45, 1, -1)
}

func TestEveryLevelAgreesWithFloat64(t *testing.T) {
	x := sweep()
	for _, l := range kerneltest.Levels() {
		for _, f := range functions {
			t.Run(fmt.Sprintf("%v %s", l, f.name), func(t *testing.T) {
				y := make([]float32, len(x))
				f.run(l, y, x)
				var worst, relative float64
				for i, got := range y {
					in, want := float64(x[i]), reference[f.op](float64(x[i]))
					if math.IsNaN(want) != math.IsNaN(float64(got)) || float64(got) == want || math.IsNaN(want) {
						if math.IsNaN(want) != math.IsNaN(float64(got)) {
							t.Fatalf("f(%v) = %v, want %v", in, got, want)
						}
						continue
					}
					if math.IsInf(float64(float32(want)), 0) && float32(want) == got {
						continue
					}
					e := math.Abs(float64(got) - want)
					worst = max(worst, e/max(1, math.Abs(in)))
					if math.Abs(want) > 1e-37 {
						relative = max(relative, e/math.Abs(want))
					}
					if !(e <= f.relative*math.Abs(want)+f.absolute*max(1, math.Abs(in))) {
						t.Fatalf("f(%v) = %v, want %v", in, got, want)
					}
				}
				t.Logf("worst absolute error / max(1, |x|) %.2g, relative %.2g", worst, relative)
			})
		}
	}
}

func TestResultDoesNotDependOnPlace(t *testing.T) {
	x := sweep()[20000:20100]
	for _, l := range kerneltest.Levels() {
		for _, f := range functions {
			whole := make([]float32, len(x))
			f.run(l, whole, x)
			for from := range 20 {
				for n := range 40 {
					part := make([]float32, n+1)
					part[n] = 7
					f.run(l, part, x[from:from+n])
					if part[n] != 7 {
						t.Fatalf("%v %s: wrote beyond %d values", l, f.name, n)
					}
					for i, got := range part[:n] {
						if want := whole[from+i]; math.Float32bits(got) != math.Float32bits(want) {
							t.Fatalf("%v %s(%v) = %v alone, %v among others", l, f.name, x[from+i], got, want)
						}
					}
				}
			}
		}
	}
}

func BenchmarkFunctions(b *testing.B) {
	x := make([]float32, 4096)
	for i := range x {
		x[i] = float32(i)/512 - 4
	}
	y := make([]float32, len(x))
	for _, l := range kerneltest.Levels() {
		for _, f := range functions {
			b.Run(fmt.Sprintf("%v/%s", l, f.name), func(b *testing.B) {
				for b.Loop() {
					f.run(l, y, x)
				}
				b.ReportMetric(float64(b.N)*float64(len(x))/b.Elapsed().Seconds()/1e9, "Gvalues/s")
			})
		}
	}
}
