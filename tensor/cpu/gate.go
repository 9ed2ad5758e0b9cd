package cpu

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
)

// gate lets one run at a time use the processor, the most urgent first, equals in order of arrival.
type gate struct {
	mu      sync.Mutex
	busy    bool
	closed  bool
	waiting [tensor.Priorities][]*ticket
	most    atomic.Int32 // the most urgent priority that waits; tensor.Priorities when nobody does
}

// ticket is a place in the queue; each runner owns one.
type ticket struct{ turn chan struct{} }

func newTicket() *ticket { return &ticket{turn: make(chan struct{}, 1)} }

func newGate() *gate {
	g := &gate{}
	g.most.Store(tensor.Priorities)
	return g
}

// enter waits for the processor.
func (g *gate) enter(ctx context.Context, pri tensor.Priority, t *ticket) error {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return fault.Errorf("cpu.Run", fault.Unavailable, "the device is closed")
	}
	if !g.busy {
		g.busy = true
		g.mu.Unlock()
		return nil
	}
	g.waiting[pri] = append(g.waiting[pri], t)
	g.update()
	g.mu.Unlock()
	return g.wait(ctx, pri, t)
}

// close waits for the runs that are under way or waiting and refuses those that come later.
func (g *gate) close() {
	_ = g.enter(context.Background(), tensor.Batch, newTicket()) // an error says that it is closed already
	g.mu.Lock()
	g.closed = true
	g.pass()
	g.mu.Unlock()
}

// wait blocks until t's turn or the end of ctx.
func (g *gate) wait(ctx context.Context, pri tensor.Priority, t *ticket) error {
	select {
	case <-t.turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	i := slices.Index(g.waiting[pri], t)
	if i >= 0 {
		g.waiting[pri] = slices.Delete(g.waiting[pri], i, i+1)
		g.update()
	}
	g.mu.Unlock()
	if i < 0 { // the turn came at the same moment: pass it on
		<-t.turn
		g.leave()
	}
	return ctx.Err()
}

// wanted tells that a run more urgent than pri waits.
func (g *gate) wanted(pri tensor.Priority) bool { return g.most.Load() < int32(pri) }

// yield lets the more urgent runs go first and waits for its next turn, before the others of its priority.
func (g *gate) yield(ctx context.Context, pri tensor.Priority, t *ticket) error {
	g.mu.Lock()
	g.waiting[pri] = slices.Insert(g.waiting[pri], 0, t)
	g.pass()
	g.mu.Unlock()
	return g.wait(ctx, pri, t)
}

// leave gives the processor to the next.
func (g *gate) leave() {
	g.mu.Lock()
	g.pass()
	g.mu.Unlock()
}

// pass hands the turn to the most urgent ticket, or frees the processor. g.mu is held.
func (g *gate) pass() {
	for pri, queue := range g.waiting {
		if len(queue) > 0 {
			t := queue[0]
			g.waiting[pri] = slices.Delete(queue, 0, 1)
			g.update()
			t.turn <- struct{}{}
			return
		}
	}
	g.busy = false
}

// update refreshes most. g.mu is held.
func (g *gate) update() {
	most := slices.IndexFunc(g.waiting[:], func(queue []*ticket) bool { return len(queue) > 0 })
	if most < 0 {
		most = tensor.Priorities
	}
	g.most.Store(int32(most))
}
