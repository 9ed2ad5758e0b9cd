package natslog

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// Read streams the programme's events after seq, then waits for new ones.
func (l *Log) Read(ctx context.Context, programme string, after int64) (subtitle.Events, error) {
	const op fault.Op = "natslog.Read"
	if err := check(programme); err != nil {
		return nil, fault.E(op, fault.Invalid, err)
	}
	start, err := l.find(ctx, programme, after)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	consumer, err := l.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{subjects + programme},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:    start,
	})
	if err != nil {
		return nil, fault.E(op, kind(err), err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return nil, fault.E(op, kind(err), err)
	}
	return &reader{messages: messages, after: after}, nil
}

// find gives a stream sequence at which reading the events after seq may begin: that of the message which holds the next
// one, by binary search.
func (l *Log) find(ctx context.Context, programme string, after int64) (uint64, error) {
	if after <= 0 {
		return 1, nil
	}
	newest, _, err := l.newest(ctx, programme)
	if err != nil {
		return 0, err
	}
	if newest.last <= after {
		return newest.stream + 1, nil
	}
	lo, hi := uint64(1), newest.stream // the message at or after hi holds it, those before lo do not
	for lo < hi {
		mid := lo + (hi-lo)/2
		msg, err := l.stream.GetMsg(ctx, mid, jetstream.WithGetMsgSubject(subjects+programme))
		if err != nil {
			return 0, fault.E("natslog.find", kind(err), err)
		}
		last, err := lastOf(msg.Header)
		switch {
		case err != nil:
			return 0, err
		case last > after:
			hi = mid
		default:
			lo = msg.Sequence + 1
		}
	}
	return lo, nil
}

// reader is an ordered consumer, and the rest of the message that it is in.
type reader struct {
	messages jetstream.MessagesContext
	after    int64
	events   []subtitle.Event
	stop     sync.Once
}

// Next gives the next event.
func (r *reader) Next(ctx context.Context) (subtitle.Event, error) {
	const op fault.Op = "natslog.Next"
	for {
		for len(r.events) > 0 {
			e := r.events[0]
			r.events = r.events[1:]
			if e.Seq > r.after {
				r.after = e.Seq
				return e, nil
			}
		}
		msg, err := r.messages.Next(jetstream.NextContext(ctx))
		if errors.Is(err, jetstream.ErrMsgIteratorClosed) {
			return subtitle.Event{}, io.EOF
		}
		if err != nil {
			return subtitle.Event{}, fault.E(op, kind(err), err)
		}
		if r.events, err = decode(msg.Data()); err != nil {
			return subtitle.Event{}, fault.E(op, fault.Other, err)
		}
	}
}

// Close ends the consumer.
func (r *reader) Close() error {
	r.stop.Do(r.messages.Stop)
	return nil
}
