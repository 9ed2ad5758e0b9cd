package asr

import (
	"context"
	"errors"
	"io"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/fault"
	asrv1 "github.com/dauys/dauys/proto/dauys/asr/v1"
)

type liveStream = connect.BidiStream[asrv1.StreamRequest, asrv1.StreamResponse]

// Stream hears live speech: a reader takes what comes up, this call sends hypotheses down.
func (s *Server) Stream(ctx context.Context, stream *liveStream) error {
	const op fault.Op = "asr.Stream"
	first, err := stream.Receive()
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	start := first.GetStart()
	if start == nil {
		return fault.Errorf(op, fault.Invalid, "the first message must be start")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stopping := fault.Errorf(op, fault.Unavailable, "the service is shutting down")
	leave, ok := s.live.Enter(func() { cancel(stopping) })
	if !ok {
		return stopping
	}
	defer leave()
	hearing, err := s.recognizer.Stream(ctx, asr.StreamOptions{
		Model: start.GetModel(), Languages: start.GetLanguages(), Prompt: start.GetPrompt(),
		HotWords: start.GetHotWords(), Step: fromMS(start.GetStepMs()), Beam: int(start.GetBeam()),
	})
	if err != nil {
		return err
	}
	defer func() { _ = hearing.Close() }()
	if err := stream.Send(&asrv1.StreamResponse{Message: &asrv1.StreamResponse_Ready{Ready: &asrv1.StreamReady{}}}); err != nil {
		return err
	}
	// The reader sits in Receive until this handler returns, so the server waits for it, not the handler.
	done, ok := s.live.Enter(nil)
	if !ok {
		return stopping
	}
	go func() {
		defer done()
		cancel(readUp(ctx, stream, hearing))
	}()
	for {
		h, err := hearing.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && context.Cause(ctx) != nil:
			return context.Cause(ctx) // what the reader met
		case err != nil:
			return err
		}
		if err := stream.Send(&asrv1.StreamResponse{Message: &asrv1.StreamResponse_Hypothesis{Hypothesis: hypothesisToProto(h)}}); err != nil {
			return err
		}
	}
}

// readUp gives the hearing what comes up until the client closes its side; the error says why it stopped.
func readUp(ctx context.Context, stream *liveStream, hearing asr.Stream) error {
	for {
		m, err := stream.Receive()
		if err != nil {
			return fault.Errorf("asr.Stream", fault.Canceled, "the client went away: %w", err)
		}
		switch {
		case m.GetAudio() != nil:
			var samples []float32
			if samples, err = unpackSamples(m.GetAudio().GetPcmF32Le(), 1); err == nil {
				err = hearing.Write(ctx, samples)
			}
		case m.GetCommit() != nil:
			err = hearing.Commit(ctx, fromMS(m.GetCommit().GetAtMs()), wordsFromProto(m.GetCommit().GetWords(), 0))
		case m.GetEnd() != nil:
			err = hearing.CloseWrite()
		default:
			err = fault.Errorf("asr.Stream", fault.Invalid, "after start only audio, commit and end may come")
		}
		if err != nil {
			return err
		}
	}
}
