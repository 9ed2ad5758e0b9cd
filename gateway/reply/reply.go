// Package reply writes the gateway's answers: JSON, and for each failure one clear JSON object with a stable code.
//
//	{"error":{"code":"not_found","message":"programme p1: there is none"}}
package reply

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/services/faults"
)

// RetryAfterSeconds is what a client whose request found no free slot is told to wait.
const RetryAfterSeconds = 5

// Failure is the JSON of an error.
type Failure struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// JSON answers with a value.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client went away
}

// Error answers with a failure: status and code by its kind, its safe text, and a log line where the cause is ours.
func Error(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	kind := fault.KindOf(err)
	Refuse(w, StatusOf(err), kind, Text(r, log, err))
}

// StatusOf is the HTTP status of a failure: that of its kind, or 413 where a size limit was passed.
func StatusOf(err error) int {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return http.StatusRequestEntityTooLarge
	}
	return faults.Status(fault.KindOf(err))
}

// Text is what a client may read of err; the cause of an internal failure goes to the log under an id.
func Text(r *http.Request, log *slog.Logger, err error) string {
	switch kind := fault.KindOf(err); kind {
	case fault.Internal, fault.Other:
		id := uuid.NewString()
		log.ErrorContext(r.Context(), "request failed", "op", r.Method+" "+r.Pattern, "kind", kind.String(), "request_id", id, "err", err.Error())
		return faults.SafeText(err, id)
	}
	return fault.Text(err)
}

// Refuse answers with a failure of a given status.
func Refuse(w http.ResponseWriter, status int, kind fault.Kind, message string) {
	var f Failure
	f.Error.Code, f.Error.Message = kind.String(), message
	RetryAfter(w, kind)
	JSON(w, status, f)
}

// RetryAfter tells a client when to come again, where that helps.
func RetryAfter(w http.ResponseWriter, kind fault.Kind) {
	if kind == fault.Exhausted || kind == fault.Unavailable {
		w.Header().Set("Retry-After", strconv.Itoa(RetryAfterSeconds))
	}
}

// Read decodes a JSON body of at most limit bytes into v. Unknown fields are errors.
func Read(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	const op fault.Op = "reply.Read"
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return fault.Errorf(op, fault.Unsupported, "body: send JSON with Content-Type: application/json")
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return fault.E(op, fault.Invalid, fmt.Errorf("body: more than %d bytes: %w", limit, err))
		}
		return fault.Errorf(op, fault.Invalid, "body: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fault.Errorf(op, fault.Invalid, "body: one JSON object is expected, more follows")
	}
	return nil
}

// Routes wraps a mux so that unknown routes and wrong methods get JSON answers too.
func Routes(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := &headersOnly{header: http.Header{}}
		mux.ServeHTTP(probe, r) // the mux knows whether another method would do
		if probe.status == http.StatusMethodNotAllowed {
			allow := probe.header.Get("Allow")
			w.Header().Set("Allow", allow)
			Refuse(w, http.StatusMethodNotAllowed, fault.Unsupported, fmt.Sprintf("%s %s: use %s", r.Method, r.URL.Path, allow))
			return
		}
		Refuse(w, http.StatusNotFound, fault.NotFound, fmt.Sprintf("%s %s: there is no such address", r.Method, r.URL.Path))
	})
}

// headersOnly takes a mux's own refusal.
type headersOnly struct {
	header http.Header
	status int
}

func (h *headersOnly) Header() http.Header         { return h.header }
func (h *headersOnly) Write(p []byte) (int, error) { return len(p), nil }
func (h *headersOnly) WriteHeader(status int)      { h.status = status }
