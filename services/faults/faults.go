// Package faults maps the kinds of failure to what travels: Connect codes and HTTP statuses. It is the only place that
// does.
//
// Services send the safe text of an error and its code; clients turn both into a fault of the same kind again, so that a
// caller cannot tell a remote engine's refusal from a local one's.
package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/fault"
)

// row is one kind with its two codes.
type row struct {
	kind   fault.Kind
	code   connect.Code
	status int
}

// table has one row a kind; codes do not repeat, so that every kind survives the trip.
var table = [...]row{
	{fault.Other, connect.CodeUnknown, http.StatusInternalServerError},
	{fault.Invalid, connect.CodeInvalidArgument, http.StatusBadRequest},
	{fault.Unsupported, connect.CodeUnimplemented, http.StatusUnsupportedMediaType},
	{fault.NotFound, connect.CodeNotFound, http.StatusNotFound},
	{fault.Exists, connect.CodeAlreadyExists, http.StatusConflict},
	{fault.Unauthenticated, connect.CodeUnauthenticated, http.StatusUnauthorized},
	{fault.Denied, connect.CodePermissionDenied, http.StatusForbidden},
	{fault.Exhausted, connect.CodeResourceExhausted, http.StatusServiceUnavailable},
	{fault.Timeout, connect.CodeDeadlineExceeded, http.StatusGatewayTimeout},
	{fault.Canceled, connect.CodeCanceled, 499}, // nginx's "client closed request": nobody reads it
	{fault.Unavailable, connect.CodeUnavailable, http.StatusServiceUnavailable},
	{fault.Corrupt, connect.CodeDataLoss, http.StatusUnprocessableEntity},
	{fault.Internal, connect.CodeInternal, http.StatusInternalServerError},
}

// Code is the Connect code of a kind.
func Code(k fault.Kind) connect.Code {
	for _, r := range table {
		if r.kind == k {
			return r.code
		}
	}
	return connect.CodeUnknown
}

// Kind is the kind of a Connect code. Codes that no kind has (other programs send them) fall to the nearest one.
func Kind(c connect.Code) fault.Kind {
	for _, r := range table {
		if r.code == c {
			return r.kind
		}
	}
	switch c {
	case connect.CodeFailedPrecondition, connect.CodeOutOfRange:
		return fault.Invalid
	case connect.CodeAborted:
		return fault.Unavailable
	}
	return fault.Other
}

// Status is the HTTP status of a kind.
func Status(k fault.Kind) int {
	for _, r := range table {
		if r.kind == k {
			return r.status
		}
	}
	return http.StatusInternalServerError
}

// SafeText is what a client may read of err: its message without operations, or, where the failure is ours and may quote
// internals, a sentence with the id under which the log has the cause.
func SafeText(err error, requestID string) string {
	switch fault.KindOf(err) {
	case fault.Internal, fault.Other:
		return fmt.Sprintf("internal error: the server's log has the cause under request %s", requestID)
	}
	return fault.Text(err)
}

// ToConnect turns err into what a service sends. A *connect.Error stays what it is.
func ToConnect(err error, requestID string) error {
	var sent *connect.Error
	if err == nil || errors.As(err, &sent) {
		return err
	}
	return connect.NewError(Code(fault.KindOf(err)), errors.New(SafeText(err, requestID)))
}

// FromConnect turns what a call of peer returned into a fault of op: the peer's own kind and message, or Unavailable where
// the peer was never reached or went away.
func FromConnect(ctx context.Context, op fault.Op, peer string, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil {
		return fault.E(op, fault.Other, cause)
	}
	if Lost(err) {
		return fault.Errorf(op, fault.Unavailable, "service %s is out of reach: %w", peer, cause(err))
	}
	return fault.E(op, Kind(connect.CodeOf(err)), cause(err))
}

// Lost tells that a call failed because the peer could not be reached, went away or is shutting down: trying again may
// help. The caller has checked its own context.
func Lost(err error) bool {
	switch connect.CodeOf(err) {
	case connect.CodeUnavailable, connect.CodeAborted, connect.CodeCanceled:
		return true
	case connect.CodeUnauthenticated, connect.CodePermissionDenied, connect.CodeUnimplemented:
		return false // a proxy's or gateway's 401, 403 and 404 are answers too
	}
	return !connect.IsWireError(err)
}

// cause strips Connect's own prefix ("not_found: ") where there is one.
func cause(err error) error {
	var sent *connect.Error
	if errors.As(err, &sent) && sent.Unwrap() != nil {
		return sent.Unwrap()
	}
	return err
}
