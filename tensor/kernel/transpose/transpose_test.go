package transpose_test

import (
	"fmt"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/transpose"
)

// reference walks the output index by index.
func reference(in []float32, shape, strides, perm []int) (out []float32) {
	var walk func(axis, at int)
	walk = func(axis, at int) {
		if axis == len(perm) {
			out = append(out, in[at])
			return
		}
		for i := range shape[perm[axis]] {
			walk(axis+1, at+i*strides[perm[axis]])
		}
	}
	walk(0, 0)
	return out
}

func TestAxesArePermuted(t *testing.T) {
	for _, c := range []struct{ shape, perm, gaps []int }{
		{[]int{}, []int{}, nil},
		{[]int{5}, []int{0}, nil},
		{[]int{0, 3}, []int{1, 0}, nil},
		{[]int{1, 1, 1}, []int{2, 0, 1}, nil},
		{[]int{3, 7}, []int{1, 0}, nil},
		{[]int{100, 67}, []int{1, 0}, []int{0, 5}},
		{[]int{2, 33, 65}, []int{0, 2, 1}, nil},
		{[]int{2, 9, 4, 16}, []int{0, 2, 1, 3}, nil},
		{[]int{2, 9, 4, 16}, []int{3, 2, 1, 0}, []int{1, 2, 3, 4}},
		{[]int{2, 3, 4, 5, 6}, []int{4, 0, 3, 1, 2}, nil},
		{[]int{2, 3, 4, 5}, []int{0, 1, 2, 3}, []int{0, 0, 0, 2}},
		{[]int{40, 1, 33}, []int{2, 1, 0}, nil},
	} {
		strides, n := make([]int, len(c.shape)), 1
		for i := len(c.shape) - 1; i >= 0; i-- {
			strides[i] = n
			n *= c.shape[i]
			if c.gaps != nil {
				n += c.gaps[i] * strides[i]
			}
		}
		in := kerneltest.Normal(n, 1)
		kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
			t.Run(fmt.Sprint(c.shape, c.perm), func(t *testing.T) {
				task, err := transpose.New(level, c.shape, strides, c.perm)
				if err != nil {
					t.Fatal(err)
				}
				want := reference(in, c.shape, strides, c.perm)
				task.In, task.Out = in, make([]float32, len(want))
				task.Run(kerneltest.Parallel(2))
				kerneltest.Same(t, task.Out, want)
				if n := testing.AllocsPerRun(1, func() { task.Run(kernel.Serial{}) }); n != 0 {
					t.Errorf("Run allocates %v times", n)
				}
			})
		})
	}
}

func TestWhatIsNoPermutationIsAnError(t *testing.T) {
	for _, perm := range [][]int{{0}, {0, 0}, {0, 2}, {-1, 0}} {
		if _, err := transpose.New(kernel.Portable, []int{2, 3}, nil, perm); err == nil {
			t.Errorf("%v is accepted", perm)
		}
	}
}

func BenchmarkMatrix(b *testing.B) {
	in := kerneltest.Normal(1500*512, 1)
	for _, level := range kerneltest.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			task, err := transpose.New(level, []int{1500, 512}, nil, []int{1, 0})
			if err != nil {
				b.Fatal(err)
			}
			task.In, task.Out = in, make([]float32, len(in))
			b.SetBytes(int64(8 * len(in)))
			for b.Loop() {
				task.Run(kernel.Serial{})
			}
		})
	}
}
