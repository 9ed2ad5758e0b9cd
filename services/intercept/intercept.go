// Package intercept is what every call of every service passes through: a request id, a net under panics, validation of
// messages against the rules in the protos, and the mapping of failures to codes.
package intercept

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"connectrpc.com/connect"
	"connectrpc.com/otelconnect"
	"connectrpc.com/validate"
	"github.com/google/uuid"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/services/faults"
)

// RequestID is the header that carries a request's id in both directions.
const RequestID = "X-Request-Id"

// maxMessage bounds one message: 2 MiB of sound and its frame.
const maxMessage = 4 << 20

// Config of a service's handlers. The zero value works: no log, no traces.
type Config struct {
	Logger  *slog.Logger // internal failures with their causes; nil = none
	Tracing bool         // OpenTelemetry spans and metrics, to the process's providers
}

// HandlerOptions gives the options of a service's handlers.
func HandlerOptions(cfg Config) ([]connect.HandlerOption, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	chain := []connect.Interceptor{&edge{log: cfg.Logger}, validate.NewInterceptor(validate.WithoutErrorDetails())}
	if cfg.Tracing {
		tracing, err := otelconnect.NewInterceptor()
		if err != nil {
			return nil, fault.E("intercept.HandlerOptions", fault.Internal, err)
		}
		chain = append([]connect.Interceptor{tracing}, chain...)
	}
	return []connect.HandlerOption{connect.WithInterceptors(chain...), connect.WithReadMaxBytes(maxMessage)}, nil
}

// edge gives each call its id, turns panics into internal failures, and failures into codes and safe text.
type edge struct{ log *slog.Logger }

// WrapUnary guards a call with one message each way.
func (e *edge) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (res connect.AnyResponse, err error) {
		id := idOf(req.Header())
		defer func() {
			if err = e.settle(ctx, req.Spec().Procedure, id, err, recover()); err == nil {
				res.Header().Set(RequestID, id)
			}
		}()
		return next(ctx, req)
	}
}

// WrapStreamingHandler guards a stream.
func (e *edge) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) (err error) {
		id := idOf(conn.RequestHeader())
		conn.ResponseHeader().Set(RequestID, id)
		defer func() { err = e.settle(ctx, conn.Spec().Procedure, id, err, recover()) }()
		return next(ctx, conn)
	}
}

// WrapStreamingClient leaves clients alone.
func (e *edge) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// settle decides what a call that returned err or panicked sends, and logs what the client does not get to read.
func (e *edge) settle(ctx context.Context, procedure, id string, err error, panicked any) error {
	if abort, ok := panicked.(error); ok && errors.Is(abort, http.ErrAbortHandler) {
		panic(panicked) // net/http's own way to drop a connection
	}
	if panicked != nil {
		err = fault.Errorf("intercept.Recover", fault.Internal, "panic: %v", panicked)
		e.log.ErrorContext(ctx, "call panicked", "op", procedure, "request_id", id, "err", fmt.Sprint(panicked), "stack", string(debug.Stack()))
	} else if kind := fault.KindOf(err); err != nil && (kind == fault.Internal || kind == fault.Other) && connect.CodeOf(err) == connect.CodeUnknown {
		e.log.ErrorContext(ctx, "call failed", "op", procedure, "request_id", id, "kind", kind.String(), "err", err.Error())
	}
	return faults.ToConnect(err, id)
}

// idOf takes the caller's request id where it is short and printable, else makes one.
func idOf(h http.Header) string {
	id := h.Get(RequestID)
	if len(id) == 0 || len(id) > 64 {
		return uuid.NewString()
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' {
			return uuid.NewString()
		}
	}
	return id
}
