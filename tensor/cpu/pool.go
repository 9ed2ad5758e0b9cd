package cpu

import (
	"sync"
	"sync/atomic"

	"github.com/dauys/dauys/tensor/kernel"
)

// spins is how often a worker looks for the next operation before it sleeps: about 20 us, the time that waking it costs.
const spins = 20000

const opened = 1 << 32 // bit of pool.state; below it is the number of helpers at work

// pool runs tasks for one caller at a time, who works too, as worker 0.
type pool struct {
	task  kernel.Task
	parts int32
	next  atomic.Int32

	state   atomic.Int64 // opened while a task may be joined, plus the helpers that have joined
	round   atomic.Int64 // counts tasks, so that a helper joins each only once
	left    chan struct{}
	helpers []*helper
	closing atomic.Bool
	exits   sync.WaitGroup
}

// helper is one of the pool's goroutines.
type helper struct {
	asleep atomic.Bool
	wake   chan struct{}
}

func newPool(workers int) *pool {
	p := &pool{left: make(chan struct{}, 1)}
	for i := 1; i < workers; i++ {
		h := &helper{wake: make(chan struct{}, 1)}
		p.helpers = append(p.helpers, h)
		p.exits.Go(func() { p.serve(h, i) })
	}
	return p
}

// Workers is how many parts may run at the same time.
func (p *pool) Workers() int { return len(p.helpers) + 1 }

// Run runs the parts of t and returns when all are done.
func (p *pool) Run(parts int, t kernel.Task) {
	if parts <= 1 || len(p.helpers) == 0 {
		for i := range parts {
			t.Do(0, i)
		}
		return
	}
	p.task, p.parts = t, int32(parts)
	p.next.Store(0)
	p.state.Store(opened)
	p.round.Add(1)
	p.wake(parts - 1)
	defer p.finish() // also when a part panics: a server may recover, and helpers must not meet the next task in this one
	p.work(0)
}

// finish closes the task and waits for the helpers that are still in it.
func (p *pool) finish() {
	if p.state.And(^opened)&(opened-1) != 0 {
		p.await()
	}
	p.task = nil
}

// wake rouses up to n sleeping helpers.
func (p *pool) wake(n int) {
	for _, h := range p.helpers[:min(n, len(p.helpers))] {
		if h.asleep.CompareAndSwap(true, false) {
			h.wake <- struct{}{}
		}
	}
}

// await waits until the last helper has left the closed task.
func (p *pool) await() {
	for range spins {
		select {
		case <-p.left:
			return
		default:
		}
	}
	<-p.left
}

// work does parts until none is left.
func (p *pool) work(worker int) {
	for {
		part := p.next.Add(1) - 1
		if part >= p.parts {
			return
		}
		p.task.Do(worker, int(part))
	}
}

// serve is the life of a helper.
func (p *pool) serve(h *helper, worker int) {
	var seen int64
	for !p.closing.Load() {
		seen = p.nextRound(h, seen)
		if !p.join() {
			continue
		}
		p.work(worker)
		if p.state.Add(-1) == 0 { // closed, and the last one out
			p.left <- struct{}{}
		}
	}
}

// join enters the current task unless it is closed.
func (p *pool) join() bool {
	for {
		s := p.state.Load()
		if s&opened == 0 {
			return false
		}
		if p.state.CompareAndSwap(s, s+1) {
			return true
		}
	}
}

// nextRound waits for a task after round seen: awake for a while, then asleep.
func (p *pool) nextRound(h *helper, seen int64) int64 {
	for range spins {
		if r := p.round.Load(); r != seen {
			return r
		}
	}
	h.asleep.Store(true)
	if r := p.round.Load(); r != seen && h.asleep.CompareAndSwap(true, false) {
		return r
	}
	<-h.wake
	return p.round.Load()
}

// close ends the helpers and waits for them. No task may be running.
func (p *pool) close() {
	p.closing.Store(true)
	p.round.Add(1)
	p.wake(len(p.helpers))
	p.exits.Wait()
}
