package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// event is one of docs/format/events.md. Its own struct, so that the test shares nothing with what it tests.
type event struct {
	Seq      int64  `json:"seq"`
	Type     string `json:"type"`
	Segment  string `json:"segment"`
	Revision int    `json:"revision"`
	Language string `json:"language"`
	Text     string `json:"text"`
	Stable   int    `json:"stable"`
	StartMS  int64  `json:"start_ms"`
	EndMS    int64  `json:"end_ms"`
	Final    bool   `json:"final"`
	Time     string `json:"time"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Words    []struct {
		Text    string `json:"text"`
		StartMS int64  `json:"start_ms"`
		EndMS   int64  `json:"end_ms"`
		Final   bool   `json:"final"`
	} `json:"words"`
	raw string
}

// viewer collects a programme's events, beyond reconnects.
type viewer struct {
	t    *testing.T
	conn *websocket.Conn
	done chan struct{} // closed when the socket has ended

	mu     sync.Mutex
	events []event
	code   int // of the close
}

// view watches a programme; query is "after=0" or so.
func view(t *testing.T, p *process, made programme, query string) *viewer {
	t.Helper()
	v := &viewer{t: t}
	v.open(p, made, query, nil)
	t.Cleanup(v.leave)
	return v
}

// resume watches on from the last event that was seen.
func (v *viewer) resume(p *process, made programme) {
	v.t.Helper()
	v.leave()
	v.open(p, made, fmt.Sprintf("after=%d", v.last()), nil)
}

func (v *viewer) open(p *process, made programme, query string, header http.Header) {
	v.t.Helper()
	u, err := url.Parse(p.socket(made.EventsURL))
	if err != nil {
		v.t.Fatal(err)
	}
	u.RawQuery = query
	v.conn, v.done = dial(v.t, u.String(), header), make(chan struct{})
	go func(conn *websocket.Conn, done chan struct{}) { // ends with the socket, for which leave waits
		defer close(done)
		v.read(conn)
	}(v.conn, v.done)
}

func (v *viewer) read(conn *websocket.Conn) {
	for {
		_, data, err := conn.ReadMessage()
		v.mu.Lock()
		if err != nil {
			v.code = -1
			if closed, ok := err.(*websocket.CloseError); ok { //nolint:errorlint // gorilla gives it bare
				v.code = closed.Code
			}
			v.mu.Unlock()
			return
		}
		e := event{raw: string(data)}
		if err := json.Unmarshal(data, &e); err != nil {
			v.t.Errorf("event %q: %v", data, err)
		}
		v.events = append(v.events, e)
		v.mu.Unlock()
	}
}

// leave hangs up.
func (v *viewer) leave() {
	v.conn.Close()
	<-v.done
}

// ended waits for the server's close and gives its code.
func (v *viewer) ended() int {
	v.t.Helper()
	select {
	case <-v.done:
	case <-time.After(hung):
		v.t.Fatal("the events do not end")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.code
}

func (v *viewer) seen() []event {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.events)
}

func (v *viewer) last() int64 {
	if all := v.seen(); len(all) > 0 {
		return all[len(all)-1].Seq
	}
	return 0
}

// wait gives the first event for which holds is true, once it is there.
func (v *viewer) wait(what string, holds func(event) bool) event {
	v.t.Helper()
	var found event
	until(v.t, what, func() bool {
		all := v.seen()
		i := slices.IndexFunc(all, holds)
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found
}

func status(code string) func(event) bool {
	return func(e event) bool { return e.Type == "status" && e.Code == code }
}

func shows(word string) func(event) bool {
	return func(e event) bool { return e.Type == "segment" && strings.Contains(strings.ToLower(e.Text), word) }
}

func isFinal(e event) bool { return e.Type == "segment" && e.Final }
