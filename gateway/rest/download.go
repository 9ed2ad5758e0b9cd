package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/captions"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/cue"
)

// subtitles answers with what is final so far: ?language= picks a translation, without it the spoken language.
func (h *handler) subtitles(w http.ResponseWriter, r *http.Request, ending string) error {
	const op fault.Op = "rest.subtitles"
	format, ok := captions.Find(ending)
	if !ok {
		return fault.Errorf(op, fault.NotFound, "subtitles.%s: use srt, vtt or ttml", ending)
	}
	p, err := h.service.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	events, err := collect(r.Context(), h.service, p)
	if err != nil {
		return err
	}
	language := r.URL.Query().Get("language")
	var out bytes.Buffer
	if err := format.Write(&out, cue.Cut(cue.FromEvents(events, language), cue.Options{}), spoken(p, events, language)); err != nil {
		return fault.E(op, fault.Other, err)
	}
	w.Header().Set("Content-Type", format.Media)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fmt.Sprintf("%s.%s", p.ID, ending)}))
	_, _ = w.Write(out.Bytes()) // the client went away
	return nil
}

// collect reads the final segments of a programme up to now.
func collect(ctx context.Context, service subtitle.Service, p *subtitle.Programme) (events []subtitle.Event, err error) {
	if p.LastSeq == 0 {
		return nil, nil
	}
	reader, err := service.Subscribe(ctx, p.ID, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = reader.Close() }()
	for {
		e, err := reader.Next(ctx)
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		if e.Final || e.Type == subtitle.EventRetract {
			events = append(events, e)
		}
		if e.Seq >= p.LastSeq {
			return events, nil
		}
	}
}

// spoken is the language that a file says it is in: the one asked for, the programme's, or that of most of its text.
func spoken(p *subtitle.Programme, events []subtitle.Event, language string) string {
	if language != "" {
		return language
	}
	if p.Spec.Language != "" && p.Spec.Language != "auto" {
		return p.Spec.Language
	}
	length := map[string]int{}
	for _, e := range events {
		if e.Final && e.Language == e.SourceLanguage {
			length[e.Language] += len(e.Text)
		}
	}
	for l, n := range length {
		if n > length[language] {
			language = l
		}
	}
	return language
}
