package ws

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/services/await"
	"github.com/dauys/dauys/subtitle"
)

// Limits of a socket.
const (
	maxFirst   = 64 << 10 // bytes of a text message
	maxMessage = 1 << 20  // bytes of a binary message: 5 s of CD sound
)

// Close codes of our own: 4000 + the HTTP status that says the same, and one for viewers that do not read.
const (
	closeInvalid     = 4400
	closeNotFound    = 4404
	closeExists      = 4409
	closeUnsupported = 4415
	closeCorrupt     = 4422
	closeInternal    = 4500
	closeUnavailable = 4503
	// CloseSlow: the viewer did not read for a while. It may come back with after=SEQ.
	CloseSlow = 4408
)

// Config of the sockets. Service is needed.
type Config struct {
	Service subtitle.Service
	Logger  *slog.Logger
	// Ping is the pause between pings; a peer that answers none for three of them is gone. 0 = 15 s.
	Ping time.Duration
	// Slow is how long one message to a viewer may take before it is disconnected. 0 = 10 s.
	Slow time.Duration
	// Viewers is how many may watch at a time, 0 = 10000.
	Viewers int
}

// Handler serves the sockets. Close it at the end.
type Handler struct {
	cfg      Config
	hub      *Hub
	upgrader websocket.Upgrader
	sockets  await.Group

	mu      sync.Mutex
	viewers int
	sources map[string]bool // programmes with an ingest socket here
}

// New prepares the sockets.
func New(cfg Config) *Handler {
	if cfg.Ping <= 0 {
		cfg.Ping = 15 * time.Second
	}
	if cfg.Slow <= 0 {
		cfg.Slow = 10 * time.Second
	}
	if cfg.Viewers <= 0 {
		cfg.Viewers = 10000
	}
	return &Handler{
		cfg: cfg,
		hub: &Hub{Service: cfg.Service},
		upgrader: websocket.Upgrader{
			HandshakeTimeout: 10 * time.Second,
			CheckOrigin:      func(*http.Request) bool { return true }, // gateway/auth checked it for every request
		},
		sources: map[string]bool{},
	}
}

// Routes adds the routes to a mux.
func (h *Handler) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/programmes/{id}/events", h.events)
	mux.HandleFunc("GET /v1/programmes/{id}/ingest", h.ingest)
}

// Close ends all sockets and waits for them. Sources are detached: their programmes wait for new ones.
func (h *Handler) Close() {
	h.hub.Close()
	h.sockets.Close()
}

// sendError writes the protocol's error message and closes the socket with a code that says the same.
func sendError(conn *websocket.Conn, err error, text string) {
	m, _ := json.Marshal(map[string]string{"type": "error", "code": fault.KindOf(err).String(), "message": text}) // strings
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_ = conn.WriteMessage(websocket.TextMessage, m)
	closeWith(conn, closeCode(fault.KindOf(err)), text)
}

// closeWith says goodbye; the reason is cut to what a close frame holds.
func closeWith(conn *websocket.Conn, code int, reason string) {
	for len(reason) > 120 { // 125 bytes with the code; never half a rune
		r := []rune(reason)
		reason = string(r[:len(r)-1])
	}
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
}

// hangUp closes a socket after the last word to it was sent, and gives the peer a second to read that: closing with unread
// sound in the receive buffer would reset the connection.
func hangUp(conn *websocket.Conn, drained <-chan struct{}) {
	_ = conn.SetReadDeadline(time.Now().Add(time.Second))
	if drained != nil {
		<-drained
	} else {
		for {
			if _, _, err := conn.NextReader(); err != nil {
				break
			}
		}
	}
	_ = conn.Close()
}

// silence is the read deadline of a socket: patience after the peer's last sign of life, or now once ctx is done.
type silence struct {
	ctx      context.Context
	conn     *websocket.Conn
	patience time.Duration
}

// watch makes pongs count as life and lets ctx wake a blocked read.
func watch(ctx context.Context, conn *websocket.Conn, ping time.Duration) *silence {
	s := &silence{ctx: ctx, conn: conn, patience: 3 * ping}
	conn.SetPongHandler(s.alive)
	context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	return s
}

// alive restarts the count.
func (s *silence) alive(string) error {
	err := s.conn.SetReadDeadline(time.Now().Add(s.patience))
	if s.ctx.Err() != nil {
		err = s.conn.SetReadDeadline(time.Now())
	}
	return err
}

func closeCode(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return closeInvalid
	case fault.NotFound:
		return closeNotFound
	case fault.Exists:
		return closeExists
	case fault.Unsupported:
		return closeUnsupported
	case fault.Corrupt:
		return closeCorrupt
	case fault.Unavailable, fault.Exhausted, fault.Timeout, fault.Canceled:
		return closeUnavailable
	}
	return closeInternal
}
