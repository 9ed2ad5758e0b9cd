package natslog

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/event"
)

const (
	subjects    = "dauys.subtitle."
	headerFirst = "Dauys-First"
	headerLast  = "Dauys-Last"
)

// Log is a subtitle.Log on one JetStream stream.
type Log struct {
	cfg    Config
	server *embedded // nil with an outside server
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream

	mu    sync.Mutex
	tails map[string]tail
}

// tail is what is known of a programme's newest message.
type tail struct {
	stream uint64 // its sequence in the stream, 0 = there is none
	last   int64  // of its events
}

// Append adds events as one message.
func (l *Log) Append(ctx context.Context, programme string, last int64, events []subtitle.Event) error {
	const op fault.Op = "natslog.Append"
	if err := subtitle.CheckAppend(last, events); err != nil {
		return fault.E(op, fault.Invalid, err)
	}
	if err := check(programme); err != nil || len(events) == 0 {
		return fault.E(op, fault.Invalid, err)
	}
	if err := l.server.room(); err != nil {
		return fault.E(op, fault.Exhausted, err)
	}
	body, err := encode(events)
	if err != nil {
		return fault.E(op, fault.Other, err)
	}
	at, stored, err := l.position(ctx, programme, last, body)
	if err != nil || stored {
		return fault.E(op, fault.Other, err)
	}
	newest := events[len(events)-1].Seq
	msg := &nats.Msg{Subject: subjects + programme, Data: body, Header: nats.Header{
		headerFirst: {strconv.FormatInt(last+1, 10)}, headerLast: {strconv.FormatInt(newest, 10)},
	}}
	ack, err := l.js.PublishMsg(ctx, msg, jetstream.WithExpectLastSequencePerSubject(at.stream))
	if err != nil {
		l.forget(programme)
		return fault.E(op, kind(err), err)
	}
	l.remember(programme, tail{ack.Sequence, newest})
	return nil
}

// position finds the message after which an append that follows last belongs; stored tells that it is there already.
func (l *Log) position(ctx context.Context, programme string, last int64, body []byte) (at tail, stored bool, err error) {
	l.mu.Lock()
	at, known := l.tails[programme]
	l.mu.Unlock()
	if known && at.last == last {
		return at, false, nil
	}
	at, msg, err := l.newest(ctx, programme)
	switch {
	case err != nil:
		return at, false, err
	case at.last == last:
		return at, false, nil
	case msg != nil && bytes.Equal(msg.Data, body):
		l.remember(programme, at)
		return at, true, nil
	}
	return at, false, fault.Errorf("natslog.Append", fault.Exists,
		"programme %s is at event %d, not %d: another writer was faster", programme, at.last, last)
}

func (l *Log) remember(programme string, t tail) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tails[programme] = t
}

func (l *Log) forget(programme string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tails, programme)
}

// newest reads the programme's newest message, nil when it has none.
func (l *Log) newest(ctx context.Context, programme string) (tail, *jetstream.RawStreamMsg, error) {
	msg, err := l.stream.GetLastMsgForSubject(ctx, subjects+programme)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return tail{}, nil, nil
	}
	if err != nil {
		return tail{}, nil, fault.E("natslog.newest", kind(err), err)
	}
	last, err := lastOf(msg.Header)
	return tail{msg.Sequence, last}, msg, err
}

func lastOf(h nats.Header) (int64, error) {
	last, err := strconv.ParseInt(h.Get(headerLast), 10, 64)
	return last, fault.E("natslog.newest", fault.Corrupt, err)
}

// Last gives the newest sequence of the programme.
func (l *Log) Last(ctx context.Context, programme string) (int64, error) {
	if err := check(programme); err != nil {
		return 0, fault.E("natslog.Last", fault.Invalid, err)
	}
	at, _, err := l.newest(ctx, programme)
	return at.last, fault.E("natslog.Last", fault.Other, err)
}

// Remove deletes the programme's messages.
func (l *Log) Remove(ctx context.Context, programme string) error {
	const op fault.Op = "natslog.Remove"
	if err := check(programme); err != nil {
		return fault.E(op, fault.Invalid, err)
	}
	defer l.forget(programme)
	err := l.stream.Purge(ctx, jetstream.WithPurgeSubject(subjects+programme))
	return fault.E(op, kind(err), err)
}

var token = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// check refuses what cannot be a part of a subject.
func check(programme string) error {
	if !token.MatchString(programme) {
		return fault.Errorf("natslog.check", fault.Invalid, "programme id %q: letters, digits, - and _ only", programme)
	}
	return nil
}

func encode(events []subtitle.Event) ([]byte, error) {
	var b bytes.Buffer
	for _, e := range events {
		line, err := event.Encode(e)
		if err != nil {
			return nil, err
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

func decode(body []byte) ([]subtitle.Event, error) {
	var events []subtitle.Event
	for line := range bytes.Lines(body) {
		e, err := event.Decode(line)
		if err != nil {
			return nil, fault.E("natslog.decode", fault.Corrupt, err)
		}
		events = append(events, e)
	}
	return events, nil
}

// kind classifies an error of NATS.
func kind(err error) fault.Kind {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode {
		case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
			return fault.Exists
		case 10002, 10023, 10047, 10077: // limits, insufficient resources or storage, store failed (server/errors.json)
			return fault.Exhausted
		case jetstream.JSErrCodeStreamMessageExceedsMaximum:
			return fault.Invalid
		}
	}
	if errors.Is(err, nats.ErrMaxPayload) {
		return fault.Invalid
	}
	if k := fault.KindOf(err); k != fault.Other {
		return k
	}
	return fault.Unavailable
}
