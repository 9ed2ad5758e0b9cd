// Package health answers whether a process and its services serve, in the messages of grpc.health.v1, so that the usual
// probes understand it.
package health

import (
	"context"
	"net/http"
	"sync"

	"connectrpc.com/connect"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/dauys/dauys/fault"
)

// Procedures of the service.
const (
	checkProcedure = "/grpc.health.v1.Health/Check"
	watchProcedure = "/grpc.health.v1.Health/Watch"
	// Path is the prefix under which the handler lies.
	Path = "/grpc.health.v1.Health/"
)

// Status keeps what serves. The zero value knows no service; the empty name stands for the process. It is safe for
// concurrent use.
type Status struct {
	mu      sync.Mutex
	serving map[string]bool
	changed chan struct{} // closed at each change
}

// Set says whether a service serves.
func (s *Status) Set(service string, serving bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serving == nil {
		s.serving = map[string]bool{}
	}
	s.serving[service] = serving
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// Serving tells whether a service is known, and whether it serves. The process itself serves while none of its services
// has stopped.
func (s *Status) Serving(service string) (serving, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if service != "" {
		serving, known = s.serving[service]
		return serving, known
	}
	for _, ok := range s.serving {
		if !ok {
			return false, true
		}
	}
	return true, true
}

// wait gives a channel that is closed at the next change.
func (s *Status) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// NewHandler gives the path and the handler of the health service.
func NewHandler(s *Status, opts ...connect.HandlerOption) (string, http.Handler) {
	mux := http.NewServeMux()
	mux.Handle(checkProcedure, connect.NewUnaryHandler(checkProcedure, s.check, opts...))
	mux.Handle(watchProcedure, connect.NewServerStreamHandler(watchProcedure, s.watch, opts...))
	return Path, mux
}

func (s *Status) check(_ context.Context, req *connect.Request[healthv1.HealthCheckRequest]) (*connect.Response[healthv1.HealthCheckResponse], error) {
	serving, known := s.Serving(req.Msg.GetService())
	if !known {
		return nil, fault.Errorf("health.Check", fault.NotFound, "service %q does not run here", req.Msg.GetService())
	}
	return connect.NewResponse(answer(serving, known)), nil
}

func (s *Status) watch(ctx context.Context, req *connect.Request[healthv1.HealthCheckRequest], stream *connect.ServerStream[healthv1.HealthCheckResponse]) error {
	last := healthv1.HealthCheckResponse_UNKNOWN
	for {
		changed := s.wait()
		if now := answer(s.Serving(req.Msg.GetService())); now.GetStatus() != last {
			last = now.GetStatus()
			if err := stream.Send(now); err != nil {
				return err
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func answer(serving, known bool) *healthv1.HealthCheckResponse {
	status := healthv1.HealthCheckResponse_SERVICE_UNKNOWN
	switch {
	case serving:
		status = healthv1.HealthCheckResponse_SERVING
	case known:
		status = healthv1.HealthCheckResponse_NOT_SERVING
	}
	return &healthv1.HealthCheckResponse{Status: status}
}

// Check asks a peer whether a service serves.
func Check(ctx context.Context, client connect.HTTPClient, baseURL, service string) (bool, error) {
	c := connect.NewClient[healthv1.HealthCheckRequest, healthv1.HealthCheckResponse](client, baseURL+checkProcedure)
	res, err := c.CallUnary(ctx, connect.NewRequest(&healthv1.HealthCheckRequest{Service: service}))
	if err != nil {
		return false, err
	}
	return res.Msg.GetStatus() == healthv1.HealthCheckResponse_SERVING, nil
}
