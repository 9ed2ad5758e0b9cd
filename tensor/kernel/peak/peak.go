package peak

import (
	"time"

	"github.com/dauys/dauys/tensor/kernel"
)

const runs = 20 // of which the best counts

// FLOPS is the rate of float32 multiply-adds, in operations a second, that all workers of the pool reach together.
func FLOPS(l kernel.Level, pool kernel.Pool) float64 {
	const parts, iterations = 32, 4000
	f := fma(l)
	t := &flops{f: f, parts: parts}
	t.Do(0, 0)
	best := fastest(func() { pool.Run(pool.Workers(), t) })
	return float64(pool.Workers()) * parts * float64(f(iterations)) / best.Seconds()
}

// flops is a task whose parts each call f often enough to be timed, but never for long.
type flops struct {
	f     func(iterations int) (operations int)
	parts int
}

// Do runs on registers only.
func (t *flops) Do(_, _ int) {
	for range t.parts {
		t.f(4000)
	}
}

// Read is the rate, in bytes a second, at which all workers of the pool together read memory that no cache holds.
func Read(l kernel.Level, pool kernel.Pool) float64 {
	const size = 128 << 20
	t := &read{f: reader(l), memory: make([]byte, size)}
	for i := 0; i < size; i += 4096 { // a page that was never written is not memory yet
		t.memory[i] = 1
	}
	best := fastest(func() { pool.Run(size/readPart, t) })
	return size / best.Seconds()
}

const readPart = 1 << 19

// read is a task whose parts read consecutive pieces.
type read struct {
	f      func(p []byte)
	memory []byte
}

// Do reads one piece.
func (t *read) Do(_, part int) { t.f(t.memory[part*readPart:][:readPart]) }

func fastest(f func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range runs {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}

// portableFMA runs eight chains of multiplications and additions in Go.
func portableFMA(iterations int) int {
	var s [8]float32
	x, y := float32(iterations), float32(1e-9)
	for range iterations {
		s[0] += float32(x * y)
		s[1] += float32(x * y)
		s[2] += float32(x * y)
		s[3] += float32(x * y)
		s[4] += float32(x * y)
		s[5] += float32(x * y)
		s[6] += float32(x * y)
		s[7] += float32(x * y)
		y += 1e-9
	}
	if s[0]+s[1]+s[2]+s[3]+s[4]+s[5]+s[6]+s[7] == 0 { // so that the sums are needed
		return 0
	}
	return 2 * len(s) * iterations
}

// portableRead touches every line.
func portableRead(p []byte) {
	var sum byte
	for len(p) >= 256 {
		sum += p[0] + p[64] + p[128] + p[192]
		p = p[256:]
	}
	if sum == 1 && len(p) == 1 {
		p[0] = sum
	}
}
