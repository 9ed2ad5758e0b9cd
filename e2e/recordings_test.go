package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/wav"
)

// upload posts a recording as OpenAI's clients do.
func (p *process) upload(t *testing.T, file []byte, fields map[string]string) answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for k, v := range fields {
		if err := form.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "speech.wav")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return do(t, client, request(t, http.MethodPost, p.url+"/v1/audio/transcriptions", form.FormDataContentType(), body.Bytes()))
}

// recording is the beginning of the demonstration as a WAV file.
func recording(t *testing.T, seconds float64) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := wav.Write(&file, audio.Format{RateHz: audio.RateHz, Channels: 1}, speech(t, seconds)); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestRecordingsInEveryFormat(t *testing.T) {
	p, file := serve(t, "all"), recording(t, 4)
	tests := []struct{ format, media, want string }{
		{"json", "application/json", `{"text":`},
		{"text", "text/plain", "elcome"},
		{"srt", "application/x-subrip", "1\n00:00:0"},
		{"vtt", "text/vtt", "WEBVTT"},
		{"verbose_json", "application/json", `"words":[`},
	}
	for _, tt := range tests {
		t.Run(tt.format, func(t *testing.T) {
			fields := map[string]string{"model": "whisper-1", "language": "en", "response_format": tt.format}
			if tt.format == "verbose_json" {
				fields["timestamp_granularities[]"] = "word"
			}
			a := p.upload(t, file, fields)
			body := string(a.body)
			if a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), tt.media) {
				t.Fatalf("status %d, %s: %s", a.StatusCode, a.Header.Get("Content-Type"), body)
			}
			if !strings.Contains(body, tt.want) || !strings.Contains(strings.ToLower(body), "news") {
				t.Errorf("%s holds no %q or no words", body, tt.want)
			}
			if tt.media == "application/json" && !json.Valid(a.body) {
				t.Errorf("no JSON: %s", body)
			}
		})
	}
}

func TestBadRecordingsAreRefused(t *testing.T) {
	p := serve(t, "all")
	tests := []struct {
		name   string
		file   []byte
		fields map[string]string
		status int
	}{
		{"text called wav", []byte("This is not sound."), nil, http.StatusBadRequest},
		{"nothing", nil, nil, http.StatusBadRequest},
		{"unknown model", recording(t, 1), map[string]string{"model": "whisper-giant"}, http.StatusNotFound},
		{"unknown format", recording(t, 1), map[string]string{"response_format": "doc"}, http.StatusBadRequest},
		{"unknown language", recording(t, 1), map[string]string{"language": "xx"}, http.StatusBadRequest},
		{"cut", recording(t, 1)[:30], nil, http.StatusUnprocessableEntity},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fields := map[string]string{"model": "whisper-1"}
			maps.Copy(fields, tt.fields)
			a := p.upload(t, tt.file, fields)
			if a.StatusCode != tt.status {
				t.Errorf("status %d instead of %d: %s", a.StatusCode, tt.status, a.body)
			}
			if code := a.code(t); code == "internal" || code == "other" {
				t.Errorf("no code for %s", a.body)
			}
		})
	}
}
