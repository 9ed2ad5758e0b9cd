// Package openai serves recordings to programs that speak OpenAI's API: POST /v1/audio/transcriptions and GET /v1/models.
// Errors have OpenAI's shape, with our stable codes. docs/format/http.md is its manual.
package openai

import (
	"log/slog"
	"net/http"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/reply"
)

// DefaultMaxUpload bounds a recording: 10 hours of 16-bit mono at 16 kHz and some.
const DefaultMaxUpload = 2 << 30

// Config of the routes. Recognizer is needed.
type Config struct {
	Recognizer asr.Recognizer
	Logger     *slog.Logger
	MaxUpload  int64  // bytes of a recording, 0 = DefaultMaxUpload
	TempDir    string // where uploads are spooled, "" = the system's
}

// Routes adds the routes to a mux.
func Routes(mux *http.ServeMux, cfg Config) {
	if cfg.MaxUpload <= 0 {
		cfg.MaxUpload = DefaultMaxUpload
	}
	h := &handler{cfg}
	mux.HandleFunc("POST /v1/audio/transcriptions", h.answer(h.transcribe))
	mux.HandleFunc("GET /v1/models", h.answer(h.models))
	mux.HandleFunc("GET /v1/models/{id}", h.answer(h.model))
}

type handler struct{ Config }

// failure is OpenAI's error object.
type failure struct {
	Error struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    string  `json:"code"`
	} `json:"error"`
}

// answer turns a failure of next into OpenAI's JSON.
func (h *handler) answer(next func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := next(w, r)
		if err == nil {
			return
		}
		kind, status := fault.KindOf(err), reply.StatusOf(err)
		var f failure
		f.Error.Message, f.Error.Code, f.Error.Type = reply.Text(r, h.Logger, err), kind.String(), "invalid_request_error"
		switch {
		case kind == fault.Exhausted:
			f.Error.Type = "rate_limit_error"
		case status >= http.StatusInternalServerError:
			f.Error.Type = "server_error"
		}
		if p := paramOf(err); p != "" {
			f.Error.Param = &p
		}
		reply.RetryAfter(w, kind)
		reply.JSON(w, status, f)
	}
}

// model is one entry of GET /v1/models: OpenAI's fields, then ours.
type model struct {
	ID        string   `json:"id"`
	Object    string   `json:"object"`
	Created   int64    `json:"created"`
	OwnedBy   string   `json:"owned_by"`
	Family    string   `json:"family,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Default   bool     `json:"default,omitempty"`
	Note      string   `json:"note,omitempty"`
}

func describe(m asr.ModelInfo) model {
	return model{
		ID: m.ID, Object: "model", OwnedBy: "dauys", Family: m.Family, Languages: m.Languages, Default: m.Default, Note: m.Note,
	}
}

func (h *handler) models(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Recognizer.Models(r.Context())
	if err != nil {
		return err
	}
	out := struct {
		Object string  `json:"object"`
		Data   []model `json:"data"`
	}{Object: "list", Data: []model{}}
	for _, m := range all {
		out.Data = append(out.Data, describe(m))
	}
	reply.JSON(w, http.StatusOK, out)
	return nil
}

func (h *handler) model(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Recognizer.Models(r.Context())
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.ID == r.PathValue("id") {
			reply.JSON(w, http.StatusOK, describe(m))
			return nil
		}
	}
	return fault.Errorf("openai.model", fault.NotFound, "model %s: GET /v1/models lists what runs here", r.PathValue("id"))
}
