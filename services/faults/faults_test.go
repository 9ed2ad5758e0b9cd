package faults

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/fault"
)

func TestEveryKindSurvivesTheTrip(t *testing.T) {
	codes := map[connect.Code]fault.Kind{}
	for _, kind := range fault.Kinds() {
		code := Code(kind)
		if other, taken := codes[code]; taken {
			t.Errorf("%v and %v share code %v", kind, other, code)
		}
		codes[code] = kind
		if got := Kind(code); got != kind {
			t.Errorf("%v came back as %v", kind, got)
		}
		if s := Status(kind); s < 400 || s > 599 {
			t.Errorf("%v has HTTP status %d", kind, s)
		}
	}
	if len(table) != len(fault.Kinds()) {
		t.Errorf("the table has %d rows for %d kinds", len(table), len(fault.Kinds()))
	}
}

func TestEveryConnectCodeHasAKind(t *testing.T) {
	for code := connect.CodeCanceled; code <= connect.CodeUnauthenticated; code++ {
		if Kind(code) == fault.Other && code != connect.CodeUnknown {
			t.Errorf("%v falls to other", code)
		}
	}
}

func TestInputOfTheCallerIsA4xx(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Invalid, fault.Unsupported, fault.NotFound, fault.Exists, fault.Corrupt} {
		if s := Status(kind); s >= http.StatusInternalServerError {
			t.Errorf("%v is %d", kind, s)
		}
	}
}

func TestOnlySafeTextIsSent(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		code connect.Code
		text string
	}{
		{"caller's mistake is told", fault.Errorf("x.Y", fault.Invalid, "language zz: use kk, ru, en or auto"), connect.CodeInvalidArgument, "language zz: use kk, ru, en or auto"},
		{"defect hides its cause", fault.Errorf("x.Y", fault.Internal, "row 7 of /secret"), connect.CodeInternal, "request r1"},
		{"unclassified hides its cause", errors.New("/secret"), connect.CodeUnknown, "request r1"},
		{"context is classified", context.DeadlineExceeded, connect.CodeDeadlineExceeded, "deadline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := ToConnect(c.err, "r1")
			if connect.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), "secret") {
				t.Errorf("sent %v", err)
			}
		})
	}
}

func TestClientSeesThePeersKindOrUnavailable(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		want fault.Kind
	}{
		{"peer refused", t.Context(), connect.NewWireError(connect.CodeNotFound, errors.New("no such model")), fault.NotFound},
		{"peer is shutting down", t.Context(), connect.NewWireError(connect.CodeCanceled, errors.New("stopping")), fault.Unavailable},
		{"connection broke", t.Context(), connect.NewError(connect.CodeInternal, errors.New("stream reset")), fault.Unavailable},
		{"no answer at all", t.Context(), errors.New("connection refused"), fault.Unavailable},
		{"we gave up", canceled, connect.NewError(connect.CodeCanceled, context.Canceled), fault.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := fault.KindOf(FromConnect(c.ctx, "x.Y", "http://asr", c.err)); got != c.want {
				t.Errorf("kind %v, want %v", got, c.want)
			}
		})
	}
}
