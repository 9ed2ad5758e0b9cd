package cpu

import (
	"sync"

	"github.com/dauys/dauys/tensor"
)

// arenas keeps the temporary memory of runs: one for each run that is under way at the same time.
type arenas struct {
	mu   sync.Mutex
	free [][]byte
}

// roomy is how many times larger than needed an arena may be; otherwise a small run that interrupts a large one would hold
// the large one's memory, and the large one would allocate anew.
const roomy = 8

// get gives at least n bytes: the smallest free arena that fits, else a new one in place of the largest that is too small.
func (a *arenas) get(n int) []byte {
	if n == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	best, small := -1, -1
	for i, b := range a.free {
		switch {
		case len(b) < n:
			if small < 0 || len(b) > len(a.free[small]) {
				small = i
			}
		case len(b)/roomy <= n && (best < 0 || len(b) < len(a.free[best])):
			best = i
		}
	}
	if best >= 0 {
		return a.take(best)
	}
	if small >= 0 {
		a.take(small)
	}
	return tensor.AlignedBytes(n)
}

// take removes arena i from the free ones.
func (a *arenas) take(i int) []byte {
	b, last := a.free[i], len(a.free)-1
	a.free[i] = a.free[last]
	a.free[last] = nil
	a.free = a.free[:last]
	return b
}

// put gives memory back.
func (a *arenas) put(b []byte) {
	if b == nil {
		return
	}
	a.mu.Lock()
	a.free = append(a.free, b)
	a.mu.Unlock()
}
