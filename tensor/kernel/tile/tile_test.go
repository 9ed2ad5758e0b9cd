package tile_test

import (
	"fmt"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/tile"
)

func matrix(rows, columns, gap int, seed uint64) tile.Matrix {
	return tile.Matrix{Data: kerneltest.Normal(rows*(columns+gap), seed), Stride: columns + gap}
}

func TestProductsMatchFloat64(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, rows := range []int{0, 1, 6, 13} {
			for _, k := range []int{0, 1, 3, 64, 4100} {
				for _, n := range []int{0, 1, 8, 16, 24, 48, 67, 112} {
					t.Run(fmt.Sprint(rows, k, n), func(t *testing.T) { compare(t, level, rows, k, n) })
				}
			}
		}
	})
}

func compare(t *testing.T, level kernel.Level, rows, k, n int) {
	a, b, c := matrix(rows, k, 3, 1), matrix(k, n, 5, 2), matrix(rows, n, 2, 3)
	for _, add := range []bool{false, true} {
		want := make([]float64, len(c.Data))
		for i, v := range c.Data {
			want[i] = float64(v)
		}
		for r := range rows {
			for j := range n {
				sum := 0.0
				if add {
					sum = float64(c.Data[r*c.Stride+j])
				}
				for i := range k {
					sum += float64(a.Data[r*a.Stride+i]) * float64(b.Data[i*b.Stride+j])
				}
				want[r*c.Stride+j] = sum
			}
		}
		tile.Mul(level, c, a, b, rows, k, n, add)
		// Partial sums grow like sqrt(i) and each is rounded: a deviation of 2e-8*k, and five of them.
		kerneltest.Close(t, c.Data, want, 1e-7*float64(10+k))
	}
}

func TestARowIsTheSameInEveryTile(t *testing.T) {
	a, b := matrix(13, 100, 0, 1), matrix(100, 80, 0, 2)
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		all, one := matrix(13, 80, 0, 3), matrix(1, 80, 0, 4)
		tile.Mul(level, all, a, b, 13, 100, 80, false)
		for r := range 13 {
			tile.Mul(level, one, a.Row(r), b, 1, 33, 80, false) // in two stretches of k
			tile.Mul(level, one, tile.Matrix{Data: a.Row(r).Data[33:], Stride: 100}, b.Row(33), 1, 67, 80, true)
			kerneltest.Same(t, one.Data, all.Data[r*80:][:80])
		}
	})
}

func TestDotsMatchFloat64(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, keys := range []int{0, 1, 4, 7, 64} {
			for _, dim := range []int{0, 1, 8, 16, 20, 64, 128} {
				q, k, s := kerneltest.Normal(dim, 1), matrix(keys, dim, 3, 2), make([]float32, keys)
				tile.Dots(level, s, q, k)
				want := make([]float64, keys)
				for j := range want {
					for i, v := range q {
						want[j] += float64(v) * float64(k.Data[j*k.Stride+i])
					}
					if one := make([]float32, 1); keys > 0 {
						tile.Dots(level, one, q, k.Row(j))
						kerneltest.Same(t, one, s[j:j+1])
					}
				}
				kerneltest.Close(t, s, want, 1e-5)
			}
		}
	})
}

func TestWidenReadsStridedRows(t *testing.T) {
	x := kerneltest.Normal(5*50, 1)
	half := make([]uint16, len(x))
	convert.F32ToF16(kernel.Portable, half, x)
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, columns := range []int{0, 1, 8, 16, 21, 48} {
			got := make([]float32, 5*columns)
			tile.Widen(level, got, half, 50, 5, columns)
			for i, v := range got {
				if want := convert.F16(half[i/columns*50+i%columns]); v != want {
					t.Fatalf("%d columns: value %d is %g, want %g", columns, i, v, want)
				}
			}
		}
	})
}

// A panel of 64 keys against 24 rows, as attention has it.
func BenchmarkMul(b *testing.B) {
	a, k, c := matrix(24, 64, 0, 1), matrix(64, 64, 0, 2), matrix(24, 64, 1472, 3)
	for _, level := range kerneltest.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			for b.Loop() {
				tile.Mul(level, c, a, k, 24, 64, 64, false)
			}
			b.ReportMetric(2*24*64*64*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
