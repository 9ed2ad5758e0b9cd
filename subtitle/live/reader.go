package live

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// reader pulls a programme's events: from the tail it was given, then from memory, and from the log where it is behind.
type reader struct {
	ctx    context.Context // ends the reader, with its cause
	cancel context.CancelCauseFunc
	log    subtitle.Log
	id     string
	writer *writer // nil: the programme has ended, all is in the log
	after  int64
	tail   []subtitle.Event // to be given first
	behind subtitle.Events  // open while reading from the log
	ended  bool
}

// errClosed ends the Next of a reader that is closed.
var errClosed = fault.Errorf("live.Next", fault.Canceled, "the reader is closed")

// Next gives the next event.
func (r *reader) Next(ctx context.Context) (subtitle.Event, error) {
	ctx, stop := joined(ctx, r.ctx)
	defer stop()
	e, err := r.next(ctx)
	if err != nil && ctx.Err() != nil {
		err = fault.E("live.Next", fault.Other, context.Cause(ctx))
	}
	return e, err
}

// joined gives a context that ends with either of two, and with the cause of other.
func joined(ctx, other context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(other, func() { cancel(context.Cause(other)) })
	return ctx, func() { stop(); cancel(nil) }
}

func (r *reader) next(ctx context.Context) (subtitle.Event, error) {
	if len(r.tail) > 0 {
		e := r.tail[0]
		r.tail = r.tail[1:]
		return e, nil
	}
	for !r.ended {
		if err := ctx.Err(); err != nil {
			return subtitle.Event{}, err
		}
		e, news, err := r.look(ctx)
		switch {
		case errors.Is(err, io.EOF):
			r.ended = true
		case err != nil:
			return subtitle.Event{}, err
		case news == nil:
			r.after = e.Seq
			r.ended = e.Type == subtitle.EventEnd
			return e, nil
		default:
			select {
			case <-news:
			case <-ctx.Done():
			}
		}
	}
	return subtitle.Event{}, io.EOF
}

// look finds the next event in memory or, where the reader is slow, in the log.
func (r *reader) look(ctx context.Context) (subtitle.Event, <-chan struct{}, error) {
	err := errBehind
	if r.writer != nil {
		var e subtitle.Event
		var news <-chan struct{}
		e, news, err = r.writer.next(r.after)
		if err == nil {
			r.leaveLog()
			return e, news, nil
		}
	}
	if !errors.Is(err, errBehind) {
		return subtitle.Event{}, nil, err
	}
	if r.behind == nil {
		if r.behind, err = r.log.Read(r.ctx, r.id, r.after); err != nil {
			return subtitle.Event{}, nil, err
		}
	}
	e, err := r.behind.Next(ctx)
	return e, nil, err
}

func (r *reader) leaveLog() {
	if r.behind != nil {
		r.behind.Close()
		r.behind = nil
	}
}

// Close ends the reader. It belongs to the goroutine that calls Next, or comes after it.
func (r *reader) Close() error {
	r.cancel(errClosed)
	r.leaveLog()
	return nil
}

// archive reads the newest events of a programme, up to seq last, until they hold n segments or all of them are read.
func archive(ctx context.Context, log subtitle.Log, id string, last int64, n int) ([]subtitle.Event, error) {
	for window := int64(512); ; window *= 4 {
		after := max(0, last-window)
		events, err := span(ctx, log, id, after, last)
		if err != nil || after == 0 || segments(events) > n { // one more than n: the oldest may be incomplete
			return events, err
		}
	}
}

// span reads the events after..last.
func span(ctx context.Context, log subtitle.Log, id string, after, last int64) ([]subtitle.Event, error) {
	if after >= last {
		return nil, nil
	}
	r, err := log.Read(ctx, id, after)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var events []subtitle.Event
	for {
		e, err := r.Next(ctx)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
		if e.Seq >= last {
			return events, nil
		}
	}
}

func segments(events []subtitle.Event) int {
	seen := map[string]bool{}
	for _, e := range events {
		if e.Type == subtitle.EventSegment {
			seen[e.Segment] = true
		}
	}
	return len(seen)
}

// tail keeps of events the newest state of the last n segments, and the end event.
func tail(events []subtitle.Event, n int) []subtitle.Event {
	type key struct{ segment, language string }
	newest := map[key]int64{}
	var order []string // segments that stand, by their first event
	for _, e := range events {
		k := key{e.Segment, e.Language}
		switch e.Type {
		case subtitle.EventSegment:
			newest[k] = e.Seq
			if !slices.Contains(order, e.Segment) {
				order = append(order, e.Segment)
			}
		case subtitle.EventRetract:
			delete(newest, k)
			order = slices.DeleteFunc(order, func(s string) bool { return s == e.Segment })
		}
	}
	last := order[max(0, len(order)-n):]
	return slices.DeleteFunc(slices.Clone(events), func(e subtitle.Event) bool {
		stands := e.Type == subtitle.EventSegment && newest[key{e.Segment, e.Language}] == e.Seq && slices.Contains(last, e.Segment)
		return !stands && e.Type != subtitle.EventEnd
	})
}
