package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// programme is what the server says of one (docs/format/http.md).
type programme struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	State      string `json:"state"`
	ReceivedMS int64  `json:"received_ms"`
	LastSeq    int64  `json:"last_seq"`
	IngestURL  string `json:"ingest_url"`
	EventsURL  string `json:"events_url"`
	ViewURL    string `json:"view_url"`
}

// failure is the body of every answer that is none.
type failure struct {
	Error struct{ Code, Message, Type, Param string }
}

// client gives up on a server that hangs.
var client = &http.Client{Timeout: hung}

// answer is a whole HTTP response.
type answer struct {
	*http.Response
	body []byte
}

func (a answer) code(t *testing.T) string {
	t.Helper()
	var f failure
	if err := json.Unmarshal(a.body, &f); err != nil || f.Error.Code == "" || f.Error.Message == "" {
		t.Errorf("%s: status %d with body %q is no error object", a.Request.URL, a.StatusCode, a.body)
	}
	return f.Error.Code
}

func do(t *testing.T, client *http.Client, r *http.Request) answer {
	t.Helper()
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, body}
}

func request(t *testing.T, method, url, contentType string, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

func (p *process) get(t *testing.T, path string) answer {
	t.Helper()
	return do(t, client, request(t, http.MethodGet, p.url+path, "", nil))
}

func (p *process) post(t *testing.T, path, body string) answer {
	t.Helper()
	return do(t, client, request(t, http.MethodPost, p.url+path, "application/json", []byte(body)))
}

func (p *process) remove(t *testing.T, id string) answer {
	t.Helper()
	return do(t, client, request(t, http.MethodDelete, p.url+"/v1/programmes/"+id, "", nil))
}

// create makes a programme in English.
func (p *process) create(t *testing.T, kind string) programme {
	t.Helper()
	a := p.post(t, "/v1/programmes", `{"title":"test","language":"en","source":{"kind":"`+kind+`"}}`)
	var made programme
	if err := json.Unmarshal(a.body, &made); err != nil || a.StatusCode != http.StatusCreated {
		t.Fatalf("creating a programme: status %d, %s", a.StatusCode, a.body)
	}
	return made
}

// state asks for a programme.
func (p *process) state(t *testing.T, id string) programme {
	t.Helper()
	a := p.get(t, "/v1/programmes/"+id)
	var got programme
	if err := json.Unmarshal(a.body, &got); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("programme %s: status %d, %s", id, a.StatusCode, a.body)
	}
	return got
}

// socket is the address of a WebSocket.
func (p *process) socket(path string) string { return "ws" + strings.TrimPrefix(p.url, "http") + path }
