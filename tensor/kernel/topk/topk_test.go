package topk_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/topk"
)

// reference sorts everything.
func reference(x []float32, k int) (indices []int32) {
	for i, v := range x {
		if v > float32(math.Inf(-1)) {
			indices = append(indices, int32(i))
		}
	}
	slices.SortStableFunc(indices, func(a, b int32) int {
		if x[a] == x[b] {
			return 0
		}
		if x[a] > x[b] {
			return -1
		}
		return 1
	})
	for len(indices) < k {
		indices = append(indices, -1)
	}
	return indices[:k]
}

// rows gives rows that are easy and hard.
func rows(n int) map[string][]float32 {
	ties, rising, hostile := kerneltest.Normal(n, 2), make([]float32, n), kerneltest.Normal(n, 3)
	for i := range n {
		ties[i] = float32(math.Round(float64(ties[i])))
		rising[i] = float32(i)
		if i%3 == 0 {
			hostile[i] = float32(math.NaN())
		}
		if i%3 == 1 {
			hostile[i] = float32(math.Inf(-1))
		}
	}
	return map[string][]float32{"normal": kerneltest.Normal(n, 1), "ties": ties, "rising": rising, "nan and -inf": hostile}
}

func TestLargestAreFoundInOrder(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, n := range []int{0, 1, 2, 31, 32, 33, 64, 65, 1000, 70001} {
			for name, x := range rows(n) {
				for _, k := range []int{0, 1, 2, 6, 33} {
					t.Run(fmt.Sprint(n, name, k), func(t *testing.T) {
						values, indices := make([]float32, k), make([]int32, k)
						topk.Row(level, values, indices, x)
						want := reference(x, k)
						if !slices.Equal(indices, want) {
							t.Fatalf("indices %v, want %v", indices, want)
						}
						for i, at := range want {
							if v := values[i]; at >= 0 && v != x[at] || at < 0 && !math.IsInf(float64(v), -1) {
								t.Errorf("value %d is %g", i, v)
							}
						}
					})
				}
			}
		}
	})
}

func TestArgmaxTakesTheFirstOfEquals(t *testing.T) {
	x := make([]float32, 300)
	x[17], x[200] = 2, 2
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		if got := topk.Argmax(level, x); got != 17 {
			t.Errorf("argmax is %d, want 17", got)
		}
	})
}

func TestRowsOfAMatrix(t *testing.T) {
	in := kerneltest.Normal(5*110, 1)
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		task := topk.New(level, 5, 100, 3)
		task.In, task.InStride, task.Indices = in, 110, make([]int32, 15)
		task.Run(kerneltest.Parallel(2))
		for r := range 5 {
			if want := reference(in[r*110:][:100], 3); !slices.Equal(task.Indices[r*3:][:3], want) {
				t.Errorf("row %d: %v, want %v", r, task.Indices[r*3:][:3], want)
			}
		}
		if n := testing.AllocsPerRun(3, func() { task.Run(kernel.Serial{}) }); n != 0 {
			t.Errorf("Run allocates %v times", n)
		}
	})
}

func BenchmarkVocabulary(b *testing.B) {
	for _, n := range []int{51865, 262144} {
		x := kerneltest.Normal(n, 1)
		for _, k := range []int{1, 6} {
			for _, level := range kerneltest.Levels() {
				b.Run(fmt.Sprintf("%d k=%d %s", n, k, level), func(b *testing.B) {
					values, indices := make([]float32, k), make([]int32, k)
					b.SetBytes(int64(4 * n))
					for b.Loop() {
						topk.Row(level, values, indices, x)
					}
				})
			}
		}
	}
}
