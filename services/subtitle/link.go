package subtitle

import (
	"context"
	"errors"
	"io"

	"connectrpc.com/connect"

	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/services/faults"
	"github.com/dauys/dauys/services/transport"
	"github.com/dauys/dauys/subtitle"
)

// link is one connection of a source.
type link struct {
	rpc    *connect.BidiStreamForClient[subtitlev1.IngestRequest, subtitlev1.IngestResponse]
	cancel context.CancelFunc
	base   uint32 // messages that the service's session does not count: it has forgotten the source once
}

// close breaks the link off; nobody may send any more.
func (l *link) close() {
	l.cancel()
	_ = l.rpc.CloseRequest()
	_ = l.rpc.CloseResponse()
}

// dial attaches the source, or finds it attached.
func (in *ingest) dial() (*link, error) {
	ctx, cancel := context.WithCancel(in.ctx)
	l := &link{rpc: in.client.rpc.Ingest(ctx), cancel: cancel}
	start := &subtitlev1.IngestStart{
		ProgrammeId: in.programme, Session: in.session, Format: &subtitlev1.AudioFormat{
			Encoding: in.format.Encoding, SampleRate: uint32(max(in.format.SampleRate, 0)), Channels: uint32(max(in.format.Channels, 0)),
		},
	}
	_ = l.rpc.Send(&subtitlev1.IngestRequest{Message: &subtitlev1.IngestRequest_Start{Start: start}}) // a failure shows in Receive
	m, err := l.rpc.Receive()
	if err == nil && m.GetReady() == nil {
		err = connect.NewError(connect.CodeInternal, errors.New("the service did not begin with ready"))
	}
	if err == nil {
		err = in.join(l, m.GetReady())
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// join compares what the service has with what was sent.
func (in *ingest) join(l *link, ready *subtitlev1.IngestProgress) (err error) {
	in.Change(func() {
		if ready.GetAccepted() == 0 && in.acked > 0 { // the service was started again: a new source to it
			if in.format.Encoding == "webm" || in.format.Encoding == "ogg" {
				err = connect.NewWireError(connect.CodeUnavailable, errContainer)
				return
			}
			l.base = in.acked
		}
		in.sent = len(in.queue) // all may have arrived
		if err = in.progressLocked(ready, l.base); err != nil {
			err = connect.NewWireError(connect.CodeInternal, err)
		}
		in.sent = 0
	})
	return err
}

var errContainer = errors.New("the service has forgotten this source, and a webm or ogg stream cannot go on in the middle: attach a new source")

// run carries the source over one link after another until it has ended, is detached, refused or given up.
func (in *ingest) run(l *link) {
	defer close(in.done)
	var err error
	for {
		err = in.carry(l)
		in.Change(func() { in.sent = 0 })
		if err == nil || in.ctx.Err() != nil || !faults.Lost(err) {
			break
		}
		in.client.log.Warn("source lost its link, connecting again", "op", "subtitle.Ingest", "programme", in.programme)
		// The service may still think that the broken link's source is another one: it lets go within seconds.
		again := func(err error) bool {
			return (faults.Lost(err) && !errors.Is(err, errContainer)) || connect.CodeOf(err) == connect.CodeAlreadyExists
		}
		if err = transport.Redial(in.ctx, func() (err error) { l, err = in.dial(); return err }, again); err != nil {
			break
		}
	}
	if err != nil && in.endedAnyway() {
		err = nil
	}
	if err != nil {
		err = in.client.fault(in.ctx, "subtitle.Ingest", err)
	}
	in.Change(func() { in.over, in.err = true, err })
}

// endedAnyway asks whether the programme has ended although the answer to the last word was lost.
func (in *ingest) endedAnyway() bool {
	var asked last
	in.Look(func() { asked = in.last })
	if asked == detach {
		return true // nothing is lost by not being told
	}
	if asked != end || in.ctx.Err() != nil {
		return false
	}
	p, err := in.client.Get(in.ctx, in.programme)
	return err == nil && p.State == subtitle.StateEnded
}

// carry sends and receives on one link; nil says that the source has ended or is detached.
func (in *ingest) carry(l *link) error {
	ctx, stop := context.WithCancel(in.ctx)
	sender := make(chan struct{})
	go func() {
		defer close(sender)
		in.send(ctx, l)
	}()
	err := in.receive(l)
	stop()
	l.cancel()
	<-sender
	l.close()
	return err
}

func (in *ingest) send(ctx context.Context, l *link) {
	for closing := false; !closing; {
		var m *subtitlev1.IngestRequest
		if in.Until(ctx, func() (bool, error) {
			m, closing = in.takeLocked()
			return m != nil, nil
		}) != nil || l.rpc.Send(m) != nil { // why shows in receive
			return
		}
	}
}

func (in *ingest) receive(l *link) error {
	for {
		m, err := l.rpc.Receive()
		if errors.Is(err, io.EOF) {
			detached := false
			in.Look(func() { detached = in.last == detach })
			if detached {
				return nil
			}
			return connect.NewError(connect.CodeUnavailable, errors.New("the service ended the source"))
		}
		if err != nil {
			return err
		}
		if ended := m.GetEnded(); ended != nil {
			in.Change(func() { in.received = fromMS(ended.GetReceivedMs()) })
			return nil
		}
		if m.GetAck() == nil {
			continue // newer services may say more
		}
		in.Change(func() { err = in.progressLocked(m.GetAck(), l.base) })
		if err != nil {
			return connect.NewWireError(connect.CodeInternal, err)
		}
	}
}

var _ subtitle.Ingest = (*ingest)(nil)
