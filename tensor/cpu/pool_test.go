package cpu

import (
	"sync/atomic"
	"testing"
)

// counter counts how often each part is done and who is at work.
type counter struct {
	parts []atomic.Int32
	busy  []atomic.Int32
	clash atomic.Bool
}

func (c *counter) Do(worker, part int) {
	if c.busy[worker].Add(1) != 1 {
		c.clash.Store(true)
	}
	c.parts[part].Add(1)
	c.busy[worker].Add(-1)
}

func TestPoolDoesEachPartOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 9} {
		p := newPool(workers)
		for round := range 2000 {
			parts := round % 37
			c := &counter{parts: make([]atomic.Int32, parts), busy: make([]atomic.Int32, workers)}
			p.Run(parts, c)
			for i := range c.parts {
				if n := c.parts[i].Load(); n != 1 {
					t.Fatalf("%d workers: part %d of %d was done %d times", workers, i, parts, n)
				}
			}
			if c.clash.Load() {
				t.Fatalf("%d workers: two parts had the same worker at the same time", workers)
			}
		}
		p.close()
	}
}

func TestPoolWakesSleepers(t *testing.T) {
	p := newPool(4)
	defer p.close()
	for range 20 {
		for _, h := range p.helpers { // wait until all sleep
			for !h.asleep.Load() {
				awaitSleep()
			}
		}
		c := &counter{parts: make([]atomic.Int32, 64), busy: make([]atomic.Int32, 4)}
		p.Run(64, c)
		for i := range c.parts {
			if c.parts[i].Load() != 1 {
				t.Fatalf("part %d was not done", i)
			}
		}
	}
}
