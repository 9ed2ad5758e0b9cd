package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dauys/dauys/demo"
)

// TestProgrammeOverWebSockets is a whole programme: sound goes in as fast as it is taken, one reader watches from the
// beginning, another goes away after each event it reads and comes back.
func TestProgrammeOverWebSockets(t *testing.T) {
	p := serve(t, "all", "--programmes", "1")
	if a := p.get(t, "/readyz"); a.StatusCode != http.StatusOK {
		t.Fatalf("readyz: %d %s", a.StatusCode, a.body)
	}
	made := p.create(t, "websocket")
	watching, returning := view(t, p, made, "after=0"), view(t, p, made, "after=0")
	in, ready := attach(t, p, made, hello16k)
	if ready.ReceivedMS != 0 {
		t.Errorf("a new timeline begins at %d ms", ready.ReceivedMS)
	}
	t.Run("a second source is refused", func(t *testing.T) {
		if got := refused(t, p.socket(made.IngestURL), nil); got != http.StatusConflict {
			t.Errorf("status %d", got)
		}
	})
	t.Run("no slot is free", func(t *testing.T) {
		a := p.post(t, "/v1/programmes", `{"title":"two"}`)
		if a.StatusCode != http.StatusServiceUnavailable || a.code(t) != "exhausted" || a.Header.Get("Retry-After") == "" {
			t.Errorf("status %d, Retry-After %q, %s", a.StatusCode, a.Header.Get("Retry-After"), a.body)
		}
	})
	sound := s16(speech(t, 0))
	in.send(sound[:len(sound)/2-1], 3333) // samples are split across messages
	returning.wait("the beginning", shows("welcome"))
	returning.resume(p, made)
	in.send(sound[len(sound)/2-1:], 1<<17)
	returning.resume(p, made)
	began := time.Now()
	in.end()
	t.Logf("flushed %v after end", time.Since(began))
	for _, v := range []*viewer{watching, returning} {
		if code := v.ended(); code != 1000 {
			t.Errorf("events ended with close %d", code)
		}
	}
	checkEvents(t, watching.seen())
	checkDemo(t, watching.seen())
	sameEvents(t, "the reader that came and went", returning.seen(), watching.seen())
	if got := p.state(t, made.ID); got.State != "ended" || got.ReceivedMS != int64(len(sound)/32) || got.LastSeq != watching.last() {
		t.Errorf("afterwards the programme is %+v, of %d ms and seq %d", got, len(sound)/32, watching.last())
	}
	checkArchive(t, p, made, watching.seen())
}

// checkArchive looks at what is left of a programme that has ended, and deletes it.
func checkArchive(t *testing.T, p *process, made programme, events []event) {
	late := view(t, p, made, "after=0")
	late.ended()
	sameEvents(t, "a late reader", late.seen(), events)
	for format, want := range map[string]string{"srt": "00:00:0", "vtt": "WEBVTT", "ttml": "http://www.w3.org/ns/ttml"} {
		a := p.get(t, "/v1/programmes/"+made.ID+"/subtitles."+format)
		if !strings.Contains(string(a.body), want) || !strings.Contains(strings.ToLower(string(a.body)), "temperature") {
			t.Errorf("subtitles.%s: status %d, %s", format, a.StatusCode, a.body)
		}
	}
	var list struct{ Programmes []programme }
	if err := json.Unmarshal(p.get(t, "/v1/programmes").body, &list); err != nil || len(list.Programmes) != 1 || list.Programmes[0].ID != made.ID {
		t.Errorf("the list is %+v, %v", list, err)
	}
	if got := refused(t, p.socket(made.IngestURL), nil); got != http.StatusBadRequest {
		t.Errorf("a source for an ended programme gets status %d", got)
	}
	if a := p.remove(t, made.ID); a.StatusCode != http.StatusNoContent {
		t.Errorf("delete: status %d, %s", a.StatusCode, a.body)
	}
	for _, path := range []string{"/v1/programmes/" + made.ID, "/v1/programmes/" + made.ID + "/subtitles.vtt", made.EventsURL} {
		r := request(t, http.MethodGet, p.url+path, "", nil)
		if a := do(t, client, r); path != made.EventsURL && (a.StatusCode != http.StatusNotFound || a.code(t) != "not_found") {
			t.Errorf("%s after the deletion: status %d", path, a.StatusCode)
		}
	}
	for _, path := range []string{made.EventsURL, made.IngestURL} {
		if got := refused(t, p.socket(path), nil); got != http.StatusNotFound {
			t.Errorf("%s after the deletion: status %d", path, got)
		}
	}
}

// TestContainersAsSource sends the recording's own bytes, cut anywhere.
func TestContainersAsSource(t *testing.T) {
	p := serve(t, "all")
	tests := []struct {
		name, hello string
		sound       []byte
	}{
		{"ogg", `{"format":"ogg"}`, demo.Recording},
		{"webm", `{"format":"webm","acks":true}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sound := tt.sound
			if sound == nil {
				sound = webm(t)
			}
			made := p.create(t, "websocket")
			v := view(t, p, made, "after=0")
			in, _ := attach(t, p, made, tt.hello)
			in.send(sound[:len(sound)/6], 997)
			in.end()
			v.ended()
			checkEvents(t, v.seen())
			if got := strings.ToLower(finals(v.seen())); !strings.Contains(got, "welcome to the news") {
				t.Errorf("heard %q", got)
			}
		})
	}
}
