package conv1d

import (
	"fmt"
	"math"
	"testing"
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/matmul"
)

func bytesOf(f []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(f))), 4*len(f))
}

// shape is a convolution under test.
type shape struct {
	batch, time, in, out, taps int
	Options
}

var shapes = []shape{
	{1, 20, 3, 5, 3, Options{Before: 1, After: 1}},
	{2, 31, 80, 33, 3, Options{Stride: 2, Before: 1, After: 1}},
	{1, 3000, 8, 16, 3, Options{Before: 1, After: 1}},
	{1, 40, 1, 258, 16, Options{Stride: 8}},
	{1, 17, 6, 9, 3, Options{Before: 5, After: 5, Dilation: 4}},
	{2, 25, 12, 8, 5, Options{Groups: 4, Before: 2, After: 2}},
	{1, 25, 12, 24, 5, Options{Groups: 12, Before: 2, After: 2}},
	{2, 50, 70, 70, 9, Options{Groups: 70, Before: 4, After: 4}},
	{1, 50, 133, 133, 15, Options{Groups: 133, Stride: 3, Dilation: 2, Before: 30}},
	{1, 3, 5, 5, 3, Options{Groups: 5, Before: 10, After: 10}},
	{1, 1, 4, 4, 1, Options{}},
	{1, 2, 4, 4, 3, Options{}},
	{1, 0, 4, 4, 3, Options{Before: 2, After: 2}},
	{1, 9, 4, 0, 3, Options{}},
}

func TestEveryVariantAgreesWithFloat64(t *testing.T) {
	for _, l := range kerneltest.Levels() {
		for _, s := range shapes {
			for _, typ := range []matmul.Type{matmul.F32, matmul.F16} {
				t.Run(fmt.Sprintf("%v %v %+v", l, typ, s), func(t *testing.T) { check(t, l, typ, s) })
			}
		}
	}
}

func check(t *testing.T, l kernel.Level, typ matmul.Type, s shape) {
	o := s.filled()
	width := s.in / o.Groups
	raw := kerneltest.Normal(s.out*width*s.taps, 1)
	for i, v := range raw {
		raw[i] = float32(int(v*64)) / 64 // exact as f16
	}
	w, err := Pack(l, kernel.Serial{}, typ, matmul.F32, bytesOf(raw), s.out, s.in, s.taps, o.Groups, nil)
	if err != nil {
		t.Fatal(err)
	}
	steps := s.Steps(s.time, s.taps)
	x, bias, residual := kerneltest.Normal(s.batch*s.time*s.in, 2), kerneltest.Normal(s.out, 3), kerneltest.Normal(s.batch*steps*s.out, 4)
	y := make([]float32, s.batch*steps*s.out)
	c, err := New(l, matmul.NewScratch(l, 1), Args{
		Options: s.Options, Batch: s.batch, Time: s.time, X: x, W: w, Y: y, Bias: bias, Act: matmul.ReLU, Residual: residual,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Run(kernel.Serial{})
	for i, got := range y {
		batch, step, out := i/(steps*s.out), i/s.out%steps, i%s.out
		sum, size := float64(bias[out]), 1.0
		for tap := range s.taps {
			time := step*o.Stride + tap*o.Dilation - o.Before
			if time < 0 || time >= s.time {
				continue
			}
			for k := range width {
				channel := out/(s.out/o.Groups)*width + k
				v := float64(x[(batch*s.time+time)*s.in+channel]) * float64(raw[(out*width+k)*s.taps+tap])
				sum, size = sum+v, size+math.Abs(v)
			}
		}
		if want := max(sum, 0) + float64(residual[i]); !(math.Abs(float64(got)-want) <= 1e-6*size) {
			t.Fatalf("signal %d, step %d, output %d: got %v, want %v", batch, step, out, got, want)
		}
	}
	if n := testing.AllocsPerRun(3, func() { c.Run(kernel.Serial{}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestWrongShapesAreErrors(t *testing.T) {
	l, pool := kernel.Portable, kernel.Serial{}
	w, err := Pack(l, pool, matmul.F32, matmul.F32, make([]byte, 4*2*3*3), 2, 3, 3, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := Args{Time: 5, X: make([]float32, 15), W: w, Y: make([]float32, 6)}
	for name, spoil := range map[string]func(a *Args){
		"no weight":         func(a *Args) { a.W = nil },
		"signal is short":   func(a *Args) { a.X = a.X[1:] },
		"output is short":   func(a *Args) { a.Y = a.Y[1:] },
		"bias is short":     func(a *Args) { a.Bias = make([]float32, 1) },
		"residual is short": func(a *Args) { a.Residual = make([]float32, 1) },
		"other groups":      func(a *Args) { a.Groups = 3 },
		"negative padding":  func(a *Args) { a.Before = -1 },
	} {
		args := good
		spoil(&args)
		if _, err := New(l, matmul.NewScratch(l, 1), args); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Pack(l, pool, matmul.F32, matmul.F32, make([]byte, 8), 4, 3, 1, 2, nil); err == nil {
		t.Error("groups that do not divide the channels: no error")
	}
}

// BenchmarkStem runs the two convolutions that Whisper base begins with, and a conformer's depthwise one.
func BenchmarkStem(b *testing.B) {
	for _, l := range kerneltest.Levels() {
		for _, s := range []shape{
			{1, 3000, 80, 512, 3, Options{Before: 1, After: 1}},
			{1, 3000, 512, 512, 3, Options{Stride: 2, Before: 1, After: 1}},
			{1, 750, 512, 512, 31, Options{Groups: 512, Before: 15, After: 15}},
		} {
			b.Run(fmt.Sprintf("%v/%dx%dx%d", l, s.in, s.out, s.taps), func(b *testing.B) {
				o := s.filled()
				w, err := Pack(l, kernel.Serial{}, matmul.F16, matmul.F32, bytesOf(kerneltest.Normal(s.out*s.in/o.Groups*s.taps, 1)), s.out, s.in, s.taps, o.Groups, nil)
				if err != nil {
					b.Fatal(err)
				}
				steps := s.Steps(s.time, s.taps)
				c, err := New(l, matmul.NewScratch(l, 1), Args{
					Options: s.Options, Time: s.time, X: kerneltest.Normal(s.time*s.in, 2), W: w, Y: make([]float32, steps*s.out),
				})
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					c.Run(kernel.Serial{})
				}
				b.ReportMetric(2*float64(steps*s.out*s.in/o.Groups*s.taps)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
