// Package fault is the one error type of the suite: an operation, a kind and a cause.
//
// Callers ask [KindOf], errors.Is and errors.As; one file at the edge (gateway, services, cmd) maps a kind to a
// Connect code, an HTTP status and an exit code. Messages are lower case and name the thing and the fix.
package fault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Op names the operation that failed, as package.Function.
type Op string

// Kind says what sort of failure it is. The list is closed and append-only: kinds travel on the wire.
type Kind uint8

// The kinds of failure.
const (
	Other           Kind = iota // nobody classified it
	Invalid                     // the caller's input is wrong
	Unsupported                 // well-formed, but this program cannot do it
	NotFound                    // no such file, model, programme
	Exists                      // it is already there (a second source of a programme)
	Unauthenticated             // no or unknown credentials
	Denied                      // known, but not allowed
	Exhausted                   // no free slot, queue full, quota reached: try later
	Timeout                     // a deadline passed
	Canceled                    // the caller went away
	Unavailable                 // a peer or program cannot be reached now
	Corrupt                     // stored or received bytes are damaged
	Internal                    // a defect of ours
)

var kindNames = [...]string{
	"other", "invalid", "unsupported", "not_found", "exists", "unauthenticated", "denied",
	"exhausted", "timeout", "canceled", "unavailable", "corrupt", "internal",
}

// String gives the stable code of the kind, as it appears in JSON ("not_found").
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "other"
}

// Kinds lists every kind, for tables and their tests.
func Kinds() []Kind {
	all := make([]Kind, len(kindNames))
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// Error is a failure of an operation.
type Error struct {
	Op   Op
	Kind Kind
	Err  error
}

// E wraps err as a failure of op. With kind Other the kind of err is kept. A nil err gives nil.
func E(op Op, kind Kind, err error) error {
	if err == nil {
		return nil
	}
	if kind == Other {
		kind = KindOf(err)
	}
	return &Error{Op: op, Kind: kind, Err: err}
}

// Errorf is E with a formatted cause; %w works.
func Errorf(op Op, kind Kind, format string, args ...any) error {
	return E(op, kind, fmt.Errorf(format, args...))
}

// Error gives the chain of operations, then the innermost message.
func (e *Error) Error() string {
	return string(e.Op) + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Text is the message without the operations: what a person at the edge reads.
func Text(err error) string {
	var e *Error
	if err == nil {
		return ""
	}
	s := err.Error()
	for errors.As(err, &e) {
		s = strings.Replace(s, string(e.Op)+": ", "", 1)
		err = e.Err
	}
	return s
}

// KindOf finds the kind of err: its outermost classified Error, or what the standard library's sentinels say.
func KindOf(err error) Kind {
	for e := (*Error)(nil); errors.As(err, &e); err = e.Err {
		if e.Kind != Other {
			return e.Kind
		}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	case errors.Is(err, fs.ErrExist):
		return Exists
	case errors.Is(err, fs.ErrPermission):
		return Denied
	}
	return Other
}
