package ws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/reply"
	"github.com/dauys/dauys/subtitle"
)

// endWithin bounds flushing after end: the service promises 10 s.
const endWithin = 15 * time.Second

// hello is the first message of a source.
type hello struct {
	Format     string `json:"format"`
	SampleRate int    `json:"sample_rate"`
	Channels   int    `json:"channels"`
	Acks       bool   `json:"acks"`
}

// source is one socket that sends a programme's sound.
type source struct {
	handler *Handler
	request *http.Request
	conn    *websocket.Conn
	life    *silence
	id      string
	release func() // of the programme's place
	acks    bool
}

// ingest serves one source: WS /v1/programmes/{id}/ingest.
func (h *Handler) ingest(w http.ResponseWriter, r *http.Request) {
	if err := h.attach(w, r); err != nil {
		reply.Error(w, r, h.cfg.Logger, err)
	}
}

// attach returns an error only before the upgrade.
func (h *Handler) attach(w http.ResponseWriter, r *http.Request) error {
	const op fault.Op = "ws.ingest"
	id := r.PathValue("id")
	if !websocket.IsWebSocketUpgrade(r) {
		return fault.Errorf(op, fault.Invalid, "this address is a WebSocket: connect with ws:// or wss://")
	}
	programme, err := h.cfg.Service.Get(r.Context(), id)
	if err != nil {
		return err
	}
	switch {
	case programme.State == subtitle.StateEnded:
		return fault.Errorf(op, fault.Invalid, "programme %s has ended: create a new one", id)
	case programme.Spec.Source != subtitle.SourceWebSocket && programme.Spec.Source != "":
		return fault.Errorf(op, fault.Exists, "programme %s has its sound from its %s", id, programme.Spec.Source)
	case programme.State == subtitle.StateLive || !h.claim(id):
		return fault.Errorf(op, fault.Exists, "programme %s has a source already", id)
	}
	claimed := true
	release := func() {
		if claimed {
			claimed = false
			h.release(id)
		}
	}
	defer release()
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	leave, ok := h.sockets.Enter(cancel)
	if !ok {
		return fault.E(op, fault.Unavailable, errClosed)
	}
	defer leave()
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil //nolint:nilerr // the upgrader has answered
	}
	s := &source{handler: h, request: r, conn: conn, id: id, release: release}
	s.run(ctx, cancel)
	return nil
}

// claim takes the programme's one place for a source here.
func (h *Handler) claim(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sources[id] {
		return false
	}
	h.sources[id] = true
	return true
}

func (h *Handler) release(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sources, id)
}

// run carries the sound until the client ends it, goes away or does something wrong.
func (s *source) run(ctx context.Context, cancel context.CancelFunc) {
	pinger := make(chan struct{})
	go func() { // owned by this call; ends with ctx
		defer close(pinger)
		s.ping(ctx)
	}()
	s.life = watch(ctx, s.conn, s.handler.cfg.Ping)
	s.conn.SetReadLimit(maxMessage)
	err := s.carry(ctx)
	s.release() // before the last word: the client may be back at once
	var lost *lostError
	switch {
	case err == nil:
		closeWith(s.conn, websocket.CloseNormalClosure, "the programme has ended")
	case ctx.Err() != nil:
		closeWith(s.conn, websocket.CloseServiceRestart, "the gateway is shutting down: connect again")
	case errors.As(err, &lost):
		if websocket.IsCloseError(lost.err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
			break // gorilla has answered the close frame
		}
		s.handler.cfg.Logger.Info("source lost", "op", "ws.ingest", "programme", s.id)
	default:
		sendError(s.conn, err, reply.Text(s.request, s.handler.cfg.Logger, err))
	}
	hangUp(s.conn, nil)
	cancel()
	<-pinger
}

// ping keeps middle boxes awake and lets a vanished client be noticed.
func (s *source) ping(ctx context.Context) {
	tick := time.NewTicker(s.handler.cfg.Ping)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			// A failure shows in the reader.
			_ = s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.handler.cfg.Ping))
		case <-ctx.Done():
			return
		}
	}
}

// lostError says that the client, not we, ended the socket.
type lostError struct{ err error }

func (e *lostError) Error() string { return "source went away: " + e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// read gives the next message. The client's silence is counted from here: while we do not read, it is not at fault.
func (s *source) read() (kind int, data []byte, err error) {
	_ = s.life.alive("") // a broken connection shows in the read
	kind, data, err = s.conn.ReadMessage()
	if errors.Is(err, websocket.ErrReadLimit) {
		return 0, nil, fault.Errorf("ws.ingest", fault.Invalid, "message of more than %d bytes: send smaller ones", maxMessage)
	}
	if err != nil {
		return 0, nil, &lostError{err}
	}
	if kind == websocket.TextMessage && len(data) > maxFirst {
		return 0, nil, fault.Errorf("ws.ingest", fault.Invalid, "text message of %d bytes: the limit is %d", len(data), maxFirst)
	}
	return kind, data, nil
}

// carry reads the format, attaches the source and writes what comes. Not reading is how a client that is faster than the
// recogniser is held back.
func (s *source) carry(ctx context.Context) error {
	format, err := s.greet()
	if err != nil {
		return err
	}
	in, err := s.handler.cfg.Service.Ingest(ctx, s.id, format)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := s.tell("ready", in.Received()); err != nil {
		return err
	}
	for {
		kind, data, err := s.read()
		if err != nil {
			return err
		}
		if kind == websocket.TextMessage {
			ended, err := s.command(ctx, in, data)
			if ended || err != nil {
				return err
			}
			continue
		}
		if err := in.Write(ctx, data); err != nil {
			return err
		}
		if s.acks {
			if err := s.tell("ack", in.Received()); err != nil {
				return err
			}
		}
	}
}

// greet reads the first message.
func (s *source) greet() (subtitle.AudioFormat, error) {
	const op fault.Op = "ws.ingest"
	kind, data, err := s.read()
	if err != nil {
		return subtitle.AudioFormat{}, err
	}
	if kind != websocket.TextMessage {
		return subtitle.AudioFormat{}, fault.Errorf(op, fault.Invalid, `the first message must be text: {"format":"pcm_s16le","sample_rate":16000,"channels":1}`)
	}
	format, acks, err := parseHello(data)
	s.acks = acks
	return format, err
}

// parseHello reads the first message. Unknown fields are ignored, as newer clients may say more.
func parseHello(data []byte) (format subtitle.AudioFormat, acks bool, err error) {
	var h hello
	if err := json.Unmarshal(data, &h); err != nil {
		return format, false, fault.Errorf("ws.ingest", fault.Invalid, "first message: %w", err)
	}
	format, err = checkFormat(h)
	return format, h.Acks, err
}

// checkFormat refuses what no source can mean; the service knows what it can decode.
func checkFormat(h hello) (subtitle.AudioFormat, error) {
	const op fault.Op = "ws.ingest"
	format := subtitle.AudioFormat{Encoding: h.Format, SampleRate: h.SampleRate, Channels: h.Channels}
	switch h.Format {
	case "pcm_s16le", "pcm_f32le", "mulaw":
		if h.SampleRate < 1 || h.SampleRate > 768000 {
			return format, fault.Errorf(op, fault.Invalid, "sample_rate %d: %s needs 1 to 768000", h.SampleRate, h.Format)
		}
		if h.Channels < 1 || h.Channels > 64 {
			return format, fault.Errorf(op, fault.Invalid, "channels %d: %s needs 1 to 64", h.Channels, h.Format)
		}
	case "opus", "webm", "ogg":
		if h.SampleRate < 0 || h.Channels < 0 || h.Channels > 64 || h.SampleRate > 768000 {
			return format, fault.Errorf(op, fault.Invalid, "sample_rate %d, channels %d: leave them out or give true ones", h.SampleRate, h.Channels)
		}
	default:
		return format, fault.Errorf(op, fault.Unsupported, "format %q: use pcm_s16le, pcm_f32le, mulaw, opus, webm or ogg", h.Format)
	}
	return format, nil
}

// command does what a text message after the first one says; unknown types are ignored, as newer clients may say more.
func (s *source) command(ctx context.Context, in subtitle.Ingest, data []byte) (ended bool, err error) {
	var m struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return false, fault.Errorf("ws.ingest", fault.Invalid, "text message: %w", err)
	}
	if m.Type != "end" {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, endWithin)
	defer cancel()
	if err := in.End(ctx); err != nil {
		return true, err
	}
	if s.acks {
		err = s.tell("ack", in.Received())
	}
	return true, err
}

// tell sends ready or ack.
func (s *source) tell(kind string, received time.Duration) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.handler.cfg.Slow))
	m := fmt.Sprintf(`{"type":%q,"received_ms":%d}`, kind, received.Milliseconds())
	if err := s.conn.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
		return &lostError{err}
	}
	return nil
}
