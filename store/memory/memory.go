// Package memory keeps programmes and their events in this process's memory: for tests, and for runs that leave nothing
// behind (dauys subtitle).
package memory

import (
	"context"
	"io"
	"slices"
	"sync"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// Log is a subtitle.Log in memory. The zero value is ready.
type Log struct {
	mu     sync.Mutex
	events map[string][]subtitle.Event
	news   chan struct{} // closed and replaced at each change
}

// Append adds events to the programme.
func (l *Log) Append(ctx context.Context, programme string, last int64, events []subtitle.Event) error {
	const op fault.Op = "memory.Append"
	if err := ctx.Err(); err != nil {
		return fault.E(op, fault.Other, err)
	}
	if err := subtitle.CheckAppend(last, events); err != nil {
		return fault.E(op, fault.Invalid, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.last(programme); at != last {
		return fault.Errorf(op, fault.Exists, "programme %s is at event %d, not %d: another writer was faster", programme, at, last)
	}
	if l.events == nil {
		l.events = map[string][]subtitle.Event{}
	}
	for _, e := range events {
		e.Words = slices.Clone(e.Words)
		l.events[programme] = append(l.events[programme], e)
	}
	l.announce()
	return nil
}

// Last gives the newest sequence of the programme.
func (l *Log) Last(_ context.Context, programme string) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last(programme), nil
}

func (l *Log) last(programme string) int64 {
	if all := l.events[programme]; len(all) > 0 {
		return all[len(all)-1].Seq
	}
	return 0
}

// Read streams the programme's events after seq, then waits for new ones.
func (l *Log) Read(_ context.Context, programme string, after int64) (subtitle.Events, error) {
	return &reader{log: l, programme: programme, after: after, closed: make(chan struct{})}, nil
}

// Remove deletes the programme's events.
func (l *Log) Remove(_ context.Context, programme string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.events, programme)
	l.announce()
	return nil
}

func (l *Log) announce() {
	if l.news != nil {
		close(l.news)
		l.news = nil
	}
}

// next finds the first event after seq, or a channel that is closed when there may be one.
func (l *Log) next(programme string, after int64) (subtitle.Event, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.events[programme]
	i, _ := slices.BinarySearchFunc(all, after+1, func(e subtitle.Event, seq int64) int { return int(e.Seq - seq) })
	if i < len(all) {
		e := all[i]
		e.Words = slices.Clone(e.Words)
		return e, nil
	}
	if l.news == nil {
		l.news = make(chan struct{})
	}
	return subtitle.Event{}, l.news
}

type reader struct {
	log       *Log
	programme string
	after     int64
	close     sync.Once
	closed    chan struct{}
}

func (r *reader) Next(ctx context.Context) (subtitle.Event, error) {
	const op fault.Op = "memory.Next"
	for {
		e, news := r.log.next(r.programme, r.after)
		if news == nil {
			r.after = e.Seq
			return e, nil
		}
		select {
		case <-news:
		case <-r.closed:
			return subtitle.Event{}, io.EOF
		case <-ctx.Done():
			return subtitle.Event{}, fault.E(op, fault.Other, ctx.Err())
		}
	}
}

func (r *reader) Close() error {
	r.close.Do(func() { close(r.closed) })
	return nil
}
