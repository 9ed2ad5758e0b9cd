package subtitle

import (
	"context"
	"errors"
	"io"
	"time"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/fault"
	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/subtitle"
)

type ingestStream = connect.BidiStream[subtitlev1.IngestRequest, subtitlev1.IngestResponse]

// Ingest carries one link of a source.
func (s *Server) Ingest(ctx context.Context, stream *ingestStream) error {
	const op fault.Op = "subtitle.Ingest"
	first, err := stream.Receive()
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if first.GetStart() == nil {
		return fault.Errorf(op, fault.Invalid, "the first message must be start")
	}
	own, leave, err := s.enter(context.WithoutCancel(ctx), op) // ends with the service, not with the connection
	if err != nil {
		return err
	}
	defer leave()
	source, turn, err := s.desk.attach(own, s.service, first.GetStart())
	if err != nil {
		return err
	}
	broken, err := serveLink(own, stream, source, turn)
	if broken {
		turn.linger(own)
	}
	if detached := turn.detach(); err == nil {
		err = detached
	}
	if cause := context.Cause(own); cause != nil {
		return cause
	}
	return err
}

// serveLink does what the client says until the source has ended, is detached or fails; broken says that only the
// connection did.
func serveLink(ctx context.Context, stream *ingestStream, source *session, turn *turn) (broken bool, err error) {
	progress, err := turn.do(func(subtitle.Ingest) error { return nil })
	if err != nil {
		return false, err
	}
	answer := &subtitlev1.IngestResponse{Message: &subtitlev1.IngestResponse_Ready{Ready: progress}}
	for {
		if err := stream.Send(answer); err != nil || answer.GetEnded() != nil {
			return err != nil, err
		}
		m, err := stream.Receive()
		if err != nil {
			return true, nil // the client is not there to read why
		}
		switch {
		case m.GetData() != nil:
			progress, err = turn.do(func(in subtitle.Ingest) error {
				if err := in.Write(ctx, m.GetData().GetData()); err != nil {
					return err
				}
				source.accepted++
				return nil
			})
			answer = &subtitlev1.IngestResponse{Message: &subtitlev1.IngestResponse_Ack{Ack: progress}}
		case m.GetEnd() != nil:
			progress, err = turn.do(func(in subtitle.Ingest) error { return in.End(ctx) })
			answer = &subtitlev1.IngestResponse{Message: &subtitlev1.IngestResponse_Ended{Ended: progress}}
		case m.GetDetach() != nil:
			return false, nil
		default:
			err = fault.Errorf("subtitle.Ingest", fault.Invalid, "after start only data, end and detach may come")
		}
		if err != nil {
			return false, err
		}
	}
}

// linger waits for another link of the same source.
func (t *turn) linger(ctx context.Context) {
	wait := time.NewTimer(grace)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-t.taken:
	case <-ctx.Done():
	}
}
