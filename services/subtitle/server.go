package subtitle

import (
	"context"
	"errors"
	"io"
	"net/http"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/fault"
	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/proto/dauys/subtitle/v1/subtitlev1connect"
	"github.com/dauys/dauys/services/await"
	"github.com/dauys/dauys/subtitle"
)

// Service is the name under which health checks ask for it.
const Service = subtitlev1connect.SubtitleServiceName

// Server serves programmes.
type Server struct {
	service subtitle.Service
	streams await.Group // sources and readers
	desk    desk        // sources that are attached
}

// NewServer adapts a service.
func NewServer(s subtitle.Service) *Server { return &Server{service: s} }

// Handler gives the path and the handler of the service.
func (s *Server) Handler(opts ...connect.HandlerOption) (string, http.Handler) {
	return subtitlev1connect.NewSubtitleServiceHandler(s, opts...)
}

// Close detaches sources, ends readers and waits for them. A source's call returns once the HTTP server lets go of its
// request: shut it down too, before or meanwhile.
func (s *Server) Close() { s.streams.Close() }

// enter begins a stream that Close ends.
func (s *Server) enter(ctx context.Context, op fault.Op) (context.Context, func(), error) {
	stopping := fault.Errorf(op, fault.Unavailable, "the service is shutting down")
	ctx, cancel := context.WithCancelCause(ctx)
	leave, ok := s.streams.Enter(func() { cancel(stopping) })
	if !ok {
		cancel(nil)
		return nil, nil, stopping
	}
	return ctx, func() { cancel(nil); leave() }, nil
}

// CreateProgramme makes a programme.
func (s *Server) CreateProgramme(ctx context.Context, req *connect.Request[subtitlev1.CreateProgrammeRequest]) (*connect.Response[subtitlev1.CreateProgrammeResponse], error) {
	p, err := s.service.Create(ctx, specFromProto(req.Msg.GetSpec()))
	if err != nil {
		return nil, err
	}
	out, err := programmeToProto(p)
	return connect.NewResponse(&subtitlev1.CreateProgrammeResponse{Programme: out}), err
}

// GetProgramme tells how a programme stands.
func (s *Server) GetProgramme(ctx context.Context, req *connect.Request[subtitlev1.GetProgrammeRequest]) (*connect.Response[subtitlev1.GetProgrammeResponse], error) {
	p, err := s.service.Get(ctx, req.Msg.GetId())
	if err != nil {
		return nil, err
	}
	out, err := programmeToProto(p)
	return connect.NewResponse(&subtitlev1.GetProgrammeResponse{Programme: out}), err
}

// ListProgrammes tells all programmes.
func (s *Server) ListProgrammes(ctx context.Context, _ *connect.Request[subtitlev1.ListProgrammesRequest]) (*connect.Response[subtitlev1.ListProgrammesResponse], error) {
	all, err := s.service.List(ctx)
	if err != nil {
		return nil, err
	}
	res := &subtitlev1.ListProgrammesResponse{}
	for i := range all {
		p, err := programmeToProto(&all[i])
		if err != nil {
			return nil, err
		}
		res.Programmes = append(res.Programmes, p)
	}
	return connect.NewResponse(res), nil
}

// DeleteProgramme removes a programme.
func (s *Server) DeleteProgramme(ctx context.Context, req *connect.Request[subtitlev1.DeleteProgrammeRequest]) (*connect.Response[subtitlev1.DeleteProgrammeResponse], error) {
	if err := s.service.Delete(ctx, req.Msg.GetId()); err != nil {
		return nil, err
	}
	return connect.NewResponse(&subtitlev1.DeleteProgrammeResponse{}), nil
}

// Subscribe sends a programme's events.
func (s *Server) Subscribe(ctx context.Context, req *connect.Request[subtitlev1.SubscribeRequest], stream *connect.ServerStream[subtitlev1.SubscribeResponse]) error {
	ctx, leave, err := s.enter(ctx, "subtitle.Subscribe")
	if err != nil {
		return err
	}
	defer leave()
	after := subtitle.Tail
	if req.Msg.After != nil {
		after = int64(req.Msg.GetAfter())
	}
	events, err := s.service.Subscribe(ctx, req.Msg.GetId(), after)
	if err != nil {
		return err
	}
	defer func() { _ = events.Close() }()
	next := &subtitlev1.SubscribeResponse{} // the first says that the reader is in place
	for {
		if err := stream.Send(next); err != nil {
			return err
		}
		e, err := events.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && context.Cause(ctx) != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		}
		next = &subtitlev1.SubscribeResponse{Event: eventToProto(e)}
	}
}
