// Package rest is the gateway's plain HTTP: programmes are created, listed, read and deleted, and their subtitles
// downloaded. docs/format/http.md is its manual.
package rest

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/reply"
	"github.com/dauys/dauys/subtitle"
)

// maxBody bounds the JSON of a new programme.
const maxBody = 1 << 20

// Config of the routes. Service is needed.
type Config struct {
	Service subtitle.Service
	Logger  *slog.Logger
}

// Routes adds the routes to a mux.
func Routes(mux *http.ServeMux, cfg Config) {
	h := &handler{service: cfg.Service, log: cfg.Logger}
	mux.HandleFunc("POST /v1/programmes", h.answer(h.create))
	mux.HandleFunc("GET /v1/programmes", h.answer(h.list))
	mux.HandleFunc("GET /v1/programmes/{id}", h.answer(h.get))
	mux.HandleFunc("DELETE /v1/programmes/{id}", h.answer(h.remove))
	mux.HandleFunc("GET /v1/programmes/{id}/{file}", h.answer(h.download))
}

type handler struct {
	service subtitle.Service
	log     *slog.Logger
}

// answer turns a failure of next into its JSON.
func (h *handler) answer(next func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := next(w, r); err != nil {
			reply.Error(w, r, h.log, err)
		}
	}
}

// newProgramme is the body of POST /v1/programmes.
type newProgramme struct {
	Title    string `json:"title"`
	Language string `json:"language"`
	Source   struct {
		Kind string `json:"kind"`
		URL  string `json:"url"`
	} `json:"source"`
	Model     string   `json:"model"`
	Prompt    string   `json:"prompt"`
	HotWords  []string `json:"hot_words"`
	FinalOnly bool     `json:"final_only"`
}

// programme is what answers say of a programme. Addresses are path-absolute.
type programme struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Language   string `json:"language"`
	Source     source `json:"source"`
	Model      string `json:"model,omitempty"`
	State      string `json:"state"`
	Created    string `json:"created"`
	Ended      string `json:"ended,omitempty"`
	ReceivedMS int64  `json:"received_ms"`
	LastSeq    int64  `json:"last_seq"`
	IngestURL  string `json:"ingest_url"`
	EventsURL  string `json:"events_url"`
	ViewURL    string `json:"view_url"`
}

type source struct {
	Kind string `json:"kind"`
	URL  string `json:"url,omitempty"`
}

func describe(p *subtitle.Programme) programme {
	base := "/v1/programmes/" + url.PathEscape(p.ID)
	out := programme{
		ID: p.ID, Title: p.Spec.Title, Language: p.Spec.Language, Model: p.Spec.Model, State: string(p.State),
		Source:  source{Kind: string(p.Spec.Source), URL: redact(p.Spec.URL)},
		Created: p.Created.UTC().Format(time.RFC3339Nano), ReceivedMS: p.Received.Milliseconds(), LastSeq: p.LastSeq,
		IngestURL: base + "/ingest", EventsURL: base + "/events", ViewURL: "/p/" + url.PathEscape(p.ID),
	}
	if !p.Ended.IsZero() {
		out.Ended = p.Ended.UTC().Format(time.RFC3339Nano)
	}
	return out
}

// redact takes the password out of a source's address.
func redact(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	return ""
}

func (h *handler) create(w http.ResponseWriter, r *http.Request) error {
	var in newProgramme
	if err := reply.Read(w, r, maxBody, &in); err != nil {
		return err
	}
	p, err := h.service.Create(r.Context(), subtitle.Spec{
		Title: in.Title, Language: in.Language, Source: subtitle.SourceKind(in.Source.Kind), URL: in.Source.URL,
		Model: in.Model, Prompt: in.Prompt, HotWords: in.HotWords, FinalOnly: in.FinalOnly,
	})
	if err != nil {
		return err
	}
	out := describe(p)
	w.Header().Set("Location", "/v1/programmes/"+url.PathEscape(p.ID))
	reply.JSON(w, http.StatusCreated, out)
	return nil
}

func (h *handler) list(w http.ResponseWriter, r *http.Request) error {
	all, err := h.service.List(r.Context())
	if err != nil {
		return err
	}
	out := struct {
		Programmes []programme `json:"programmes"`
	}{Programmes: []programme{}}
	for i := range all {
		out.Programmes = append(out.Programmes, describe(&all[i]))
	}
	reply.JSON(w, http.StatusOK, out)
	return nil
}

func (h *handler) get(w http.ResponseWriter, r *http.Request) error {
	p, err := h.service.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	reply.JSON(w, http.StatusOK, describe(p))
	return nil
}

func (h *handler) remove(w http.ResponseWriter, r *http.Request) error {
	if err := h.service.Delete(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// download answers subtitles.{srt,vtt,ttml}.
func (h *handler) download(w http.ResponseWriter, r *http.Request) error {
	const op fault.Op = "rest.download"
	name, ok := strings.CutPrefix(r.PathValue("file"), "subtitles.")
	if !ok {
		return fault.Errorf(op, fault.NotFound, "%s %s: there is no such address", r.Method, r.URL.Path)
	}
	return h.subtitles(w, r, name)
}
