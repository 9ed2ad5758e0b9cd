package ws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/reply"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/event"
)

// viewer is one socket that watches a programme.
type viewer struct {
	handler   *Handler
	conn      *websocket.Conn
	channel   *channel
	languages map[string]bool // empty = all
	after     int64           // the last event sent or passed over
}

// events serves one viewer: GET /v1/programmes/{id}/events?languages=kk,ru&after=SEQ.
func (h *Handler) events(w http.ResponseWriter, r *http.Request) {
	if err := h.watch(w, r); err != nil {
		reply.Error(w, r, h.cfg.Logger, err)
	}
}

// watch returns an error only before the upgrade.
func (h *Handler) watch(w http.ResponseWriter, r *http.Request) error {
	const op fault.Op = "ws.events"
	if !websocket.IsWebSocketUpgrade(r) {
		return fault.Errorf(op, fault.Invalid, "this address is a WebSocket: connect with ws:// or wss://")
	}
	after, err := parseAfter(r.URL.Query().Get("after"))
	if err != nil {
		return fault.E(op, fault.Invalid, err)
	}
	programme, err := h.cfg.Service.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !h.seat() {
		return fault.Errorf(op, fault.Exhausted, "all %d seats for viewers are taken: try later", h.cfg.Viewers)
	}
	defer h.unseat()
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	leave, ok := h.sockets.Enter(cancel)
	if !ok {
		return fault.E(op, fault.Unavailable, errClosed)
	}
	defer leave()
	channel, err := h.hub.join(ctx, programme)
	if err != nil {
		return fault.E(op, fault.Unavailable, err)
	}
	defer h.hub.leave(channel)
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil //nolint:nilerr // the upgrader has answered
	}
	v := &viewer{handler: h, conn: conn, channel: channel, languages: parseLanguages(r.URL.Query()["languages"]), after: after}
	v.run(ctx, cancel, programme.LastSeq)
	return nil
}

func parseAfter(s string) (int64, error) {
	if s == "" {
		return subtitle.Tail, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("after=%q: give the last seq that you have, or 0 for everything", s)
	}
	return n, nil
}

// parseLanguages reads languages=kk,ru; none or "all" means all.
func parseLanguages(values []string) map[string]bool {
	languages := map[string]bool{}
	for _, v := range values {
		for l := range strings.SplitSeq(v, ",") {
			if l = strings.TrimSpace(l); l != "" {
				languages[l] = true
			}
		}
	}
	return languages
}

func (h *Handler) seat() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.viewers >= h.cfg.Viewers {
		return false
	}
	h.viewers++
	return true
}

func (h *Handler) unseat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.viewers--
}

// run sends events until the programme ends, the viewer goes away or stops reading, or the gateway closes.
func (v *viewer) run(ctx context.Context, cancel context.CancelFunc, lastSeq int64) {
	life := watch(ctx, v.conn, v.handler.cfg.Ping)
	listener := make(chan struct{})
	go func() { // owned by this call; ends with the connection
		defer close(listener)
		defer cancel()
		v.listen(life)
	}()
	// A blocked write must not outlive the gateway: the net.Conn, unlike the socket, may be told from here.
	context.AfterFunc(ctx, func() { _ = v.conn.NetConn().SetWriteDeadline(time.Now().Add(time.Second)) })
	err := v.send(ctx, lastSeq)
	switch {
	case errors.Is(err, io.EOF):
		closeWith(v.conn, websocket.CloseNormalClosure, "the programme has ended")
	case errors.Is(err, errSlow):
		closeWith(v.conn, CloseSlow, fmt.Sprintf("reading is too slow: come back with after=%d", v.after))
	case errors.Is(err, errClosed):
		closeWith(v.conn, websocket.CloseServiceRestart, fmt.Sprintf("come back with after=%d", v.after))
		v.handler.hub.drop(v.channel)
	case ctx.Err() != nil, errors.Is(err, errGone):
	default:
		v.handler.hub.drop(v.channel)
		closeWith(v.conn, closeCode(fault.KindOf(err)), fault.Text(err))
	}
	hangUp(v.conn, listener)
}

// listen answers pings and notices a viewer that is gone; what viewers send is ignored.
func (v *viewer) listen(life *silence) {
	v.conn.SetReadLimit(maxFirst)
	for life.alive("") == nil {
		if _, _, err := v.conn.NextReader(); err != nil {
			return
		}
	}
}

var (
	errSlow = errors.New("viewer does not read")
	errGone = errors.New("viewer is gone")
)

// send writes events after v.after: from memory, or from the log where memory does not reach.
func (v *viewer) send(ctx context.Context, lastSeq int64) (err error) {
	if v.after == subtitle.Tail {
		if v.after, err = v.channel.tail(ctx, lastSeq); err != nil {
			return err
		}
	}
	for {
		e, behind, err := v.nextOrPing(ctx)
		switch {
		case err != nil:
			return err
		case behind:
			err = v.catchUp(ctx)
		default:
			err = v.pass(e)
		}
		if err != nil {
			return err
		}
	}
}

// nextOrPing waits for the next event and pings meanwhile.
func (v *viewer) nextOrPing(ctx context.Context) (subtitle.Event, bool, error) {
	for {
		quiet, stop := context.WithTimeout(ctx, v.handler.cfg.Ping)
		e, behind, err := v.channel.next(quiet, v.after)
		stop()
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return e, behind, err
		}
		if err := v.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(v.handler.cfg.Slow)); err != nil {
			return e, false, errGone
		}
	}
}

// catchUp reads the log itself up to what memory holds.
func (v *viewer) catchUp(ctx context.Context) error {
	events, err := v.handler.cfg.Service.Subscribe(ctx, v.channel.id, v.after)
	if err != nil {
		return err
	}
	defer func() { _ = events.Close() }()
	for v.after < v.channel.reach() {
		e, err := events.Next(ctx)
		if err != nil {
			return err
		}
		if err := v.pass(e); err != nil {
			return err
		}
	}
	return nil
}

// pass sends an event that the viewer wants, and notes it. A viewer that takes too long to read it is slow: the message
// is whole, so that the close frame after it still says why.
func (v *viewer) pass(e subtitle.Event) error {
	v.after = e.Seq
	if e.Language != "" && len(v.languages) > 0 && !v.languages[e.Language] {
		return nil
	}
	b, err := event.Encode(e)
	if err != nil {
		return err
	}
	slow := v.handler.cfg.Slow
	began := time.Now()
	_ = v.conn.SetWriteDeadline(began.Add(2 * slow))
	if err := v.conn.WriteMessage(websocket.TextMessage, b); err != nil {
		return errGone
	}
	if time.Since(began) > slow {
		return errSlow
	}
	return nil
}
