package subtitle

import (
	"context"
	"errors"
	"io"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/fault"
	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/services/faults"
	"github.com/dauys/dauys/services/transport"
	"github.com/dauys/dauys/subtitle"
)

// eventsAhead is how many events wait for Next; then the link is not read.
const eventsAhead = 64

// reader is a reader of a programme that outlives its links. One goroutine (run) owns the present link.
type reader struct {
	client *Client
	id     string
	after  int64 // the last event handed on, or where to begin
	ctx    context.Context
	cancel context.CancelFunc
	events chan subtitle.Event
	err    error         // why events was closed; io.EOF = the programme has ended
	done   chan struct{} // run has ended
}

type eventStream = connect.ServerStreamForClient[subtitlev1.SubscribeResponse]

// Subscribe reads events; ctx bounds the reader's life.
func (c *Client) Subscribe(ctx context.Context, id string, after int64) (subtitle.Events, error) {
	own, cancel := context.WithCancel(ctx)
	r := &reader{
		client: c, id: id, after: after, ctx: own, cancel: cancel,
		events: make(chan subtitle.Event, eventsAhead), done: make(chan struct{}),
	}
	stream, err := r.dial()
	if err != nil {
		cancel()
		return nil, c.fault(ctx, "subtitle.Subscribe", err)
	}
	go r.run(stream)
	return r, nil
}

// Next gives the next event.
func (r *reader) Next(ctx context.Context) (subtitle.Event, error) {
	select {
	case e, ok := <-r.events:
		if !ok {
			return subtitle.Event{}, r.err
		}
		return e, nil
	case <-ctx.Done():
		return subtitle.Event{}, fault.E("subtitle.Next", fault.Other, ctx.Err())
	}
}

// Close ends the reader and waits for it.
func (r *reader) Close() error {
	r.cancel()
	<-r.done
	return nil
}

// dial subscribes after the last event and waits until the reader is in place.
func (r *reader) dial() (*eventStream, error) {
	req := &subtitlev1.SubscribeRequest{Id: r.id}
	if r.after >= 0 {
		after := uint32(r.after)
		req.After = &after
	}
	stream, err := r.client.rpc.Subscribe(r.ctx, connect.NewRequest(req))
	if err != nil {
		return nil, err
	}
	if !stream.Receive() {
		defer func() { _ = stream.Close() }()
		if err := stream.Err(); err != nil {
			return nil, err
		}
		return nil, connect.NewError(connect.CodeUnavailable, errors.New("the service ended the answer before it began"))
	}
	return stream, nil
}

// run hands events on, over one link after another.
func (r *reader) run(stream *eventStream) {
	defer close(r.done)
	defer close(r.events)
	for {
		err := r.read(stream)
		if r.ctx.Err() == nil && !errors.Is(err, io.EOF) && faults.Lost(err) {
			r.client.log.Warn("reader lost its link, connecting again", "op", "subtitle.Subscribe", "programme", r.id)
			err = transport.Redial(r.ctx, func() (err error) { stream, err = r.dial(); return err }, faults.Lost)
			if err == nil {
				continue
			}
		}
		if !errors.Is(err, io.EOF) {
			err = r.client.fault(r.ctx, "subtitle.Subscribe", err)
		}
		r.err = err
		return
	}
}

// read hands on the events of one link until it ends; io.EOF says that the programme has.
func (r *reader) read(stream *eventStream) error {
	defer func() { _ = stream.Close() }()
	for stream.Receive() {
		if stream.Msg().GetEvent() == nil {
			continue
		}
		e := eventFromProto(stream.Msg().GetEvent())
		select {
		case r.events <- e:
			r.after = e.Seq
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
	// A service that is shutting down says so; an answer that ends well has told all.
	if err := stream.Err(); err != nil {
		return err
	}
	return io.EOF
}
