package ws

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/dauys/dauys/services/await"
	"github.com/dauys/dauys/subtitle"
)

// What a hub holds in memory.
const (
	keepEvents   = 8192 // at the most; then the oldest go
	startEvents  = 4096 // before the newest, that a hub reads when it starts
	tailSegments = 20   // what a viewer without after= gets before live events
)

// Hub reads each programme that has viewers once. The zero value with a Service is ready; Close it at the end.
type Hub struct {
	Service subtitle.Service

	mu       sync.Mutex
	closed   bool
	channels map[string]*channel
}

// channel is one programme in memory: the newest events and why no more come.
type channel struct {
	id      string
	cancel  context.CancelFunc
	done    chan struct{}
	viewers int // guarded by Hub.mu

	await.Cell
	floor  int64 // every event after this number that was read is in events
	events []subtitle.Event
	err    error // io.EOF after the end event
}

var errClosed = errors.New("the gateway is shutting down")

// join finds or starts the programme's channel; leave must follow.
func (h *Hub) join(ctx context.Context, p *subtitle.Programme) (*channel, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	if c := h.channels[p.ID]; c != nil {
		c.viewers++
		return c, nil
	}
	if h.channels == nil {
		h.channels = map[string]*channel{}
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c := &channel{id: p.ID, cancel: cancel, done: make(chan struct{}), viewers: 1, floor: max(0, p.LastSeq-startEvents)}
	h.channels[p.ID] = c
	go c.read(own, h.Service)
	return c, nil
}

// leave gives a channel back; the last viewer ends it.
func (h *Hub) leave(c *channel) {
	h.mu.Lock()
	c.viewers--
	last := c.viewers == 0
	if last && h.channels[c.id] == c {
		delete(h.channels, c.id)
	}
	h.mu.Unlock()
	if last {
		c.cancel()
		<-c.done
	}
}

// drop forgets a channel that failed, so that the next viewer starts a new one.
func (h *Hub) drop(c *channel) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.channels[c.id] == c {
		delete(h.channels, c.id)
	}
}

// Close ends all channels; their viewers are told. It does not wait for the viewers: their connections do.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	open := make([]*channel, 0, len(h.channels))
	for _, c := range h.channels {
		open = append(open, c)
	}
	h.mu.Unlock()
	for _, c := range open {
		c.cancel()
		<-c.done
	}
}

// read fills the channel until the programme ends or the context does.
func (c *channel) read(ctx context.Context, service subtitle.Service) {
	defer close(c.done)
	err := func() error {
		events, err := service.Subscribe(ctx, c.id, c.floor)
		if err != nil {
			return err
		}
		defer func() { _ = events.Close() }()
		for {
			e, err := events.Next(ctx)
			if err != nil {
				return err
			}
			c.Change(func() { c.addLocked(e) })
		}
	}()
	if ctx.Err() != nil {
		err = errClosed
	}
	c.Change(func() { c.err = err })
}

// addLocked appends an event and forgets the oldest quarter where too many are held.
func (c *channel) addLocked(e subtitle.Event) {
	if len(c.events) == keepEvents {
		n := keepEvents / 4
		c.floor = c.events[n-1].Seq
		c.events = append([]subtitle.Event(nil), c.events[n:]...)
	}
	c.events = append(c.events, e)
}

// next waits for the first event after a number. behind says that memory does not reach back that far.
func (c *channel) next(ctx context.Context, after int64) (e subtitle.Event, behind bool, err error) {
	err = c.Until(ctx, func() (bool, error) {
		if after < c.floor {
			behind = true
			return true, nil
		}
		if i := c.placeLocked(after); i < len(c.events) {
			e = c.events[i]
			return true, nil
		}
		return false, c.err
	})
	return e, behind, err
}

// placeLocked is the index of the first event after a number: a binary search, as sequence numbers may have gaps.
func (c *channel) placeLocked(after int64) int {
	low, high := 0, len(c.events)
	for low < high {
		if mid := (low + high) / 2; c.events[mid].Seq <= after {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// reach is the number after which memory holds everything.
func (c *channel) reach() (floor int64) {
	c.Look(func() { floor = c.floor })
	return floor
}

// tail is the number after which the last segments up to seq begin.
func (c *channel) tail(ctx context.Context, seq int64) (after int64, err error) {
	err = c.Until(ctx, func() (bool, error) { // what the log had when the viewer came is in memory first
		caughtUp := seq <= c.floor || (len(c.events) > 0 && c.events[len(c.events)-1].Seq >= seq)
		return caughtUp || errors.Is(c.err, io.EOF), c.err
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	c.Look(func() { after = c.tailLocked() })
	return after, nil
}

func (c *channel) tailLocked() int64 {
	segments := map[string]bool{}
	for i := len(c.events) - 1; i >= 0; i-- {
		if id := c.events[i].Segment; id != "" && !segments[id] {
			if len(segments) == tailSegments {
				return c.events[i].Seq
			}
			segments[id] = true
		}
	}
	return c.floor
}
