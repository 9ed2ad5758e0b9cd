package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// source is a client that sends sound.
type source struct {
	t    *testing.T
	conn *websocket.Conn
}

// message is what the server tells a source.
type message struct {
	Type       string `json:"type"`
	ReceivedMS int64  `json:"received_ms"`
	Code       string `json:"code"`
	Message    string `json:"message"`
}

const hello16k = `{"format":"pcm_s16le","sample_rate":16000,"channels":1}`

// dial opens a WebSocket.
func dial(t *testing.T, url string, header http.Header) *websocket.Conn {
	t.Helper()
	conn, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, header)
	if err != nil {
		status := 0
		if res != nil {
			status = res.StatusCode
		}
		t.Fatalf("%s: %v (status %d)", url, err, status)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// refused tells with which status a WebSocket is not opened.
func refused(t *testing.T, url string, header http.Header) int {
	t.Helper()
	conn, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, header)
	if err == nil {
		conn.Close()
		t.Errorf("%s was opened", url)
		return http.StatusSwitchingProtocols
	}
	if res == nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// attach opens a programme's ingest, says hello and waits for ready.
func attach(t *testing.T, p *process, made programme, hello string) (*source, message) {
	t.Helper()
	s := connect(t, p, made)
	s.say(hello)
	m, err := s.hear()
	if err != nil || m.Type != "ready" {
		t.Fatalf("no ready but %+v, %v", m, err)
	}
	return s, m
}

// connect opens a programme's ingest.
func connect(t *testing.T, p *process, made programme) *source {
	t.Helper()
	return &source{t, dial(t, p.socket(made.IngestURL), nil)}
}

func (s *source) say(text string) {
	s.t.Helper()
	if err := s.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// send sends sound in messages of size bytes, as fast as it is taken.
func (s *source) send(sound []byte, size int) {
	s.t.Helper()
	if err := s.try(sound, size); err != nil {
		s.t.Fatal(err)
	}
}

func (s *source) try(sound []byte, size int) error {
	for len(sound) > 0 {
		n := min(size, len(sound))
		if err := s.conn.WriteMessage(websocket.BinaryMessage, sound[:n]); err != nil {
			return err
		}
		sound = sound[n:]
	}
	return nil
}

// hear gives the next message of the server, or its close.
func (s *source) hear() (message, error) {
	var m message
	_ = s.conn.SetReadDeadline(time.Now().Add(hung)) // a broken connection shows in the read
	_, data, err := s.conn.ReadMessage()
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%q: %w", data, err)
	}
	return m, nil
}

// end says that no more sound comes and waits for the close.
func (s *source) end() {
	s.t.Helper()
	s.say(`{"type":"end"}`)
	if m, code := s.closed(); code != websocket.CloseNormalClosure {
		s.t.Fatalf("end was answered with close %d, %+v", code, m)
	}
}

// closed reads until the server closes; it gives the last message and the close code.
func (s *source) closed() (last message, code int) {
	s.t.Helper()
	for {
		m, err := s.hear()
		if err == nil {
			last = m
			continue
		}
		return last, closeCode(s.t, err)
	}
}

func closeCode(t *testing.T, err error) int {
	t.Helper()
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		t.Fatalf("the socket broke instead of closing: %v", err)
	}
	return closed.Code
}
