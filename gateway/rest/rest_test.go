package rest

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/gateway/reply"
	"github.com/dauys/dauys/internal/memhttp"
	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/live"
	"github.com/dauys/dauys/subtitle/subtitletest"
)

func TestMain(m *testing.M) {
	// net/http gives the peer half a second to read a refusal before it closes the connection.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

type gateway struct {
	*testing.T
	service  subtitle.Service
	listener *subtitletest.Listener
	client   *http.Client
}

// start serves the routes before a real pipeline with one slot whose recogniser is scripted.
func start(t *testing.T) *gateway {
	t.Helper()
	l := &subtitletest.Listener{}
	service, err := live.New(t.Context(), live.Config{
		Listener: l, Log: &memory.Log{}, Registry: &memory.Registry{}, Programmes: 1,
		Decode: func(subtitle.AudioFormat) (live.Decoder, error) { return &subtitletest.PCM{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	Routes(mux, Config{Service: service, Logger: slog.New(slog.DiscardHandler)})
	web := memhttp.Start(&http.Server{Handler: reply.Routes(mux)})
	client := web.Client(false)
	t.Cleanup(func() {
		client.CloseIdleConnections()
		web.Close()
		if err := service.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &gateway{T: t, service: service, listener: l, client: client}
}

// do sends a request and gives the answer with its body.
func (g *gateway) do(method, path, body string) (*http.Response, string) {
	g.Helper()
	req, err := http.NewRequestWithContext(g.Context(), method, memhttp.URL+path, strings.NewReader(body))
	if err != nil {
		g.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := g.client.Do(req)
	if err != nil {
		g.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		g.Fatal(err)
	}
	return res, string(b)
}

func (g *gateway) create() programme {
	g.Helper()
	res, body := g.do("POST", "/v1/programmes", `{"title":"Жаңалықтар","language":"kk","source":{"kind":"websocket"}}`)
	var p programme
	if err := json.Unmarshal([]byte(body), &p); err != nil || res.StatusCode != http.StatusCreated {
		g.Fatalf("%d %s", res.StatusCode, body)
	}
	return p
}

func TestProgrammeIsCreatedListedAndDeleted(t *testing.T) {
	g := start(t)
	p := g.create()
	base := "/v1/programmes/" + p.ID
	if p.IngestURL != base+"/ingest" || p.EventsURL != base+"/events" || p.ViewURL != "/p/"+p.ID || p.State != "waiting" || p.Title != "Жаңалықтар" {
		t.Errorf("created %+v", p)
	}
	if res, body := g.do("GET", base, ""); res.StatusCode != 200 || !strings.Contains(body, `"id":"`+p.ID+`"`) {
		t.Errorf("get: %d %s", res.StatusCode, body)
	}
	if _, body := g.do("GET", "/v1/programmes", ""); !strings.Contains(body, `{"programmes":[{"id":"`+p.ID+`"`) {
		t.Errorf("list: %s", body)
	}
	if res, _ := g.do("DELETE", base, ""); res.StatusCode != http.StatusNoContent {
		t.Errorf("delete: %d", res.StatusCode)
	}
	if res, _ := g.do("GET", base, ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("get after delete: %d", res.StatusCode)
	}
	if _, body := g.do("GET", "/v1/programmes", ""); strings.TrimSpace(body) != `{"programmes":[]}` {
		t.Errorf("list after delete: %s", body)
	}
}

func TestNoFreeSlotSaysWhenToComeAgain(t *testing.T) {
	g := start(t)
	g.create()
	res, body := g.do("POST", "/v1/programmes", `{}`)
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(body, `"code":"exhausted"`) {
		t.Errorf("%d, Retry-After %q, %s", res.StatusCode, res.Header.Get("Retry-After"), body)
	}
}

func TestBadRequestsGetOneClearError(t *testing.T) {
	g := start(t)
	id := g.create().ID
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"not JSON", "POST", "/v1/programmes", `hello`, 400, "invalid"},
		{"two objects", "POST", "/v1/programmes", `{} {}`, 400, "invalid"},
		{"unknown field", "POST", "/v1/programmes", `{"colour":"red"}`, 400, "invalid"},
		{"wrong type", "POST", "/v1/programmes", `{"title":5}`, 400, "invalid"},
		{"unknown language", "POST", "/v1/programmes", `{"language":"xx"}`, 400, "invalid"},
		{"unknown source", "POST", "/v1/programmes", `{"source":{"kind":"tape"}}`, 400, "invalid"},
		{"url without address", "POST", "/v1/programmes", `{"source":{"kind":"url"}}`, 400, "invalid"},
		{"no content type", "POST", "/v1/programmes", ``, 415, "unsupported"},
		{"too long", "POST", "/v1/programmes", `{"title":"` + strings.Repeat("a", maxBody) + `"}`, 413, "invalid"},
		{"unknown programme", "GET", "/v1/programmes/absent", ``, 404, "not_found"},
		{"delete unknown programme", "DELETE", "/v1/programmes/absent", ``, 404, "not_found"},
		{"subtitles of unknown programme", "GET", "/v1/programmes/absent/subtitles.srt", ``, 404, "not_found"},
		{"unknown subtitle format", "GET", "/v1/programmes/" + id + "/subtitles.doc", ``, 404, "not_found"},
		{"wrong method", "PUT", "/v1/programmes/" + id, ``, 405, "unsupported"},
		{"wrong route", "GET", "/v2/programmes", ``, 404, "not_found"},
		{"wrong route below", "GET", "/v1/programmes/" + id + "/nothing", ``, 404, "not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, body := g.do(c.method, c.path, c.body)
			var f reply.Failure
			if err := json.Unmarshal([]byte(body), &f); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if res.StatusCode != c.status || f.Error.Code != c.code || f.Error.Message == "" || strings.Contains(f.Error.Message, "\n") {
				t.Errorf("%d %+v", res.StatusCode, f.Error)
			}
		})
	}
}

func TestSubtitlesAreDownloaded(t *testing.T) {
	g := start(t)
	id := g.create().ID
	if res, body := g.do("GET", "/v1/programmes/"+id+"/subtitles.srt", ""); res.StatusCode != 200 || body != "" {
		t.Errorf("before any speech: %d %q", res.StatusCode, body)
	}
	in, err := g.service.Ingest(t.Context(), id, subtitletest.Format)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Write(t.Context(), g.listener.Say("Бүгін біз осындамыз. ... Жол ашық.")); err != nil {
		t.Fatal(err)
	}
	for _, ended := range []bool{false, true} {
		if ended {
			if err := in.End(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else {
			g.waitFinal(id)
		}
		for ending, want := range map[string]string{
			"srt":  "1\n00:00:00,000 --> ",
			"vtt":  "WEBVTT",
			"ttml": "xml:lang=\"kk\"",
		} {
			res, body := g.do("GET", "/v1/programmes/"+id+"/subtitles."+ending, "")
			if res.StatusCode != 200 || !strings.Contains(body, want) || !strings.Contains(body, "осындамыз") || strings.Contains(body, "ашық") != ended {
				t.Errorf("%s, ended %v: %d %s", ending, ended, res.StatusCode, body)
			}
		}
	}
	if _, body := g.do("GET", "/v1/programmes/"+id+"/subtitles.srt?language=ru", ""); body != "" {
		t.Errorf("a translation that nobody made: %s", body)
	}
}

// waitFinal reads until a segment is final.
func (g *gateway) waitFinal(id string) {
	g.Helper()
	events, err := g.service.Subscribe(g.Context(), id, 0)
	if err != nil {
		g.Fatal(err)
	}
	defer func() { _ = events.Close() }()
	for {
		e, err := events.Next(g.Context())
		if err != nil {
			g.Fatal(err)
		}
		if e.Final {
			return
		}
	}
}

func TestPasswordOfASourceIsNotShown(t *testing.T) {
	p := describe(&subtitle.Programme{Spec: subtitle.Spec{Source: subtitle.SourceURL, URL: "https://user:secret@radio.example/live"}, Created: time.Unix(0, 0)})
	if strings.Contains(p.Source.URL, "secret") || !strings.Contains(p.Source.URL, "radio.example/live") {
		t.Error(p.Source.URL)
	}
}
