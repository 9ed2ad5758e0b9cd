package topk

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C ../gen . topk

// reach is the most values that assembly scans in a call, a multiple of every level's group: about 20 microseconds.
const reach = 1 << 16

// above gives the index of the first value of x above least, len(x) for none.
func above(level kernel.Level, x []float32, least float32) int {
	group := 32
	if level >= kernel.AVX512 {
		group = 64
	}
	at := 0
	for level != kernel.Portable && len(x)-at >= group {
		n := min(reach, (len(x)-at)&^(group-1))
		var skipped int
		if level >= kernel.AVX512 {
			skipped = aboveAVX512(&x[at], n, least)
		} else {
			skipped = aboveAVX2(&x[at], n, least)
		}
		at += skipped
		if skipped < n {
			break
		}
	}
	return at + portableAbove(x[at:], least)
}
