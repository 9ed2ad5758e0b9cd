package live

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/event"
)

// writer numbers a programme's events, appends them to the log and then tells readers. Only the programme's goroutine
// appends.
type writer struct {
	log       subtitle.Log
	programme string
	logger    *slog.Logger

	mu     sync.Mutex
	last   int64
	recent []subtitle.Event // the newest events, without holes, up to last
	ended  bool             // the end event was written
	gone   bool             // nothing will follow, though there is no end event
	news   chan struct{}    // closed and replaced when something above changes
}

func newWriter(cfg *Config, programme string, last int64) *writer {
	return &writer{log: cfg.Log, programme: programme, logger: cfg.Logger, last: last, news: make(chan struct{})}
}

// append writes events. It tries again while the log is out of order, so that nothing is lost, until ctx is done or another
// writer is found.
func (w *writer) append(ctx context.Context, events ...subtitle.Event) error {
	if len(events) == 0 {
		return nil
	}
	now := time.Now()
	for i := range events {
		events[i].Seq, events[i].Time = w.last+1+int64(i), now
		events[i] = event.Round(events[i])
	}
	for pause := retryFirst; ; pause = min(2*pause, retryLimit) {
		err := w.log.Append(ctx, w.programme, w.last, events)
		if err == nil {
			w.publish(events)
			return nil
		}
		switch fault.KindOf(err) {
		case fault.Exists, fault.Invalid, fault.Canceled:
			return fault.E("live.append", fault.Other, err)
		}
		w.logger.Error("event log refuses events; trying again", "op", "live.append", "err", err, "stream", w.programme)
		if !wait(ctx, pause) {
			return fault.E("live.append", fault.Other, err)
		}
	}
}

// wait pauses for d; false when ctx was done before.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (w *writer) publish(events []subtitle.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = events[len(events)-1].Seq
	w.recent = append(w.recent, events...)
	if n := len(w.recent) - recent; n > recent { // drop in large steps: memory stays below twice the limit
		w.recent = append([]subtitle.Event(nil), w.recent[n:]...)
	}
	w.ended = events[len(events)-1].Type == subtitle.EventEnd
	w.announce()
}

// leave tells readers that nothing will follow.
func (w *writer) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	w.announce()
}

func (w *writer) announce() {
	close(w.news)
	w.news = make(chan struct{})
}

func (w *writer) seq() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// errBehind says that an event is in the log only.
var errBehind = fault.Errorf("live.Next", fault.Internal, "event is no longer in memory")

// next finds the event after seq: an event, a channel to wait on, errBehind, io.EOF after the end event, or Unavailable
// when the writer has gone.
func (w *writer) next(after int64) (subtitle.Event, <-chan struct{}, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := len(w.recent) - int(w.last-after)
	switch {
	case after < w.last && i < 0:
		return subtitle.Event{}, nil, errBehind
	case after < w.last:
		return w.recent[i], nil, nil
	case w.ended:
		return subtitle.Event{}, nil, io.EOF
	case w.gone:
		return subtitle.Event{}, nil, fault.Errorf("live.Next", fault.Unavailable, "the server stops: subscribe again with the last seq")
	}
	return subtitle.Event{}, w.news, nil
}

// memory gives the events in memory up to last.
func (w *writer) memory(last int64) []subtitle.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.recent) - int(w.last-last)
	return append([]subtitle.Event(nil), w.recent[:max(0, n)]...)
}
