// Package kerneltest is what the conformance tests of kernels share: the levels of this machine, reproducible numbers, a
// pool that runs parts at the same time, and a comparison with float64.
package kerneltest

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"golang.org/x/sys/cpu"

	"github.com/dauys/dauys/tensor/kernel"
)

// Levels lists the levels that this machine can run, Portable first.
func Levels() []kernel.Level {
	levels := []kernel.Level{kernel.Portable}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		levels = append(levels, kernel.AVX2)
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL {
		levels = append(levels, kernel.AVX512)
	}
	return levels
}

// Each runs test once for each level of this machine.
func Each(t *testing.T, test func(t *testing.T, level kernel.Level)) {
	t.Helper()
	for _, level := range Levels() {
		t.Run(level.String(), func(t *testing.T) { test(t, level) })
	}
}

// Normal gives n normally distributed numbers that depend on the seed only.
func Normal(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// Close fails the test unless got is within tolerance*max(1, |want|) of want everywhere. NaN and infinities must match.
func Close(t *testing.T, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := float64(got[i])
		same := g == w || math.IsNaN(g) && math.IsNaN(w)
		if !same && !(math.Abs(g-w) <= tolerance*max(1, math.Abs(w))) {
			t.Fatalf("value %d of %d is %g, want %g (tolerance %g)", i, len(want), g, w, tolerance)
		}
	}
}

// Same fails the test unless both have the same bits.
func Same(t *testing.T, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	for i := range want {
		if g, w := math.Float32bits(got[i]), math.Float32bits(want[i]); g != w {
			t.Fatalf("value %d is %g (%08x), want %g (%08x)", i, got[i], g, want[i], w)
		}
	}
}

// Parallel is a pool of so many goroutines that live as long as Run.
type Parallel int

// Workers is the number of goroutines.
func (p Parallel) Workers() int { return int(p) }

// Run runs the parts, one goroutine a worker, the parts dealt in turn.
func (p Parallel) Run(parts int, t kernel.Task) {
	var wait sync.WaitGroup
	for w := range int(p) {
		wait.Go(func() {
			for i := w; i < parts; i += int(p) {
				t.Do(w, i)
			}
		})
	}
	wait.Wait()
}
