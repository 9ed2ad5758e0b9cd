package ws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/dauys/dauys/gateway/reply"
	"github.com/dauys/dauys/internal/memhttp"
	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/event"
	"github.com/dauys/dauys/subtitle/live"
	"github.com/dauys/dauys/subtitle/subtitletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gateway is a gateway in memory before a real pipeline whose recogniser is scripted.
type gateway struct {
	*testing.T
	service  *counting
	listener *subtitletest.Listener
	web      *memhttp.Server
	handler  *Handler
}

// counting counts the readers of the service.
type counting struct {
	subtitle.Service
	readers chan string
}

func (c *counting) Subscribe(ctx context.Context, id string, after int64) (subtitle.Events, error) {
	select {
	case c.readers <- fmt.Sprint(id, "@", after):
	default:
	}
	return c.Service.Subscribe(ctx, id, after)
}

func start(t *testing.T, cfg Config) *gateway {
	t.Helper()
	g := &gateway{T: t, listener: &subtitletest.Listener{}}
	pipeline, err := live.New(t.Context(), live.Config{
		Listener: g.listener, Log: &memory.Log{}, Registry: &memory.Registry{}, Programmes: 3,
		Decode: func(subtitle.AudioFormat) (live.Decoder, error) { return &subtitletest.PCM{}, nil },
	})
	g.must(err)
	g.service = &counting{Service: pipeline, readers: make(chan string, 100)}
	cfg.Service, cfg.Logger = g.service, slog.New(slog.DiscardHandler)
	g.handler = New(cfg)
	mux := http.NewServeMux()
	g.handler.Routes(mux)
	g.web = memhttp.Start(&http.Server{Handler: reply.Routes(mux)})
	t.Cleanup(func() {
		g.handler.Close()
		g.web.Close()
		g.must(pipeline.Close(context.Background()))
	})
	return g
}

func (g *gateway) must(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

func (g *gateway) create() string {
	g.Helper()
	p, err := g.service.Create(g.Context(), subtitle.Spec{Language: "en"})
	g.must(err)
	return p.ID
}

// dial opens a socket; a refusal gives its HTTP answer.
func (g *gateway) dial(path string) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{NetDialContext: g.web.Dial}
	return dialer.DialContext(g.Context(), strings.Replace(memhttp.URL, "http", "ws", 1)+path, nil)
}

func (g *gateway) open(path string) *websocket.Conn {
	g.Helper()
	conn, _, err := g.dial(path)
	g.must(err)
	g.Cleanup(func() { _ = conn.Close() })
	return conn
}

// source opens an ingest socket and waits for ready.
func (g *gateway) source(id string, acks bool) *websocket.Conn {
	g.Helper()
	conn := g.open("/v1/programmes/" + id + "/ingest")
	g.must(conn.WriteJSON(map[string]any{"format": "pcm_s16le", "sample_rate": 16000, "channels": 1, "acks": acks}))
	if m := g.message(conn); m["type"] != "ready" {
		g.Fatalf("first answer %v", m)
	}
	return conn
}

func (g *gateway) message(conn *websocket.Conn) map[string]any {
	g.Helper()
	var m map[string]any
	g.must(conn.ReadJSON(&m))
	return m
}

func (g *gateway) say(conn *websocket.Conn, text string) {
	g.Helper()
	for word := range strings.FieldsSeq(text) {
		g.must(conn.WriteMessage(websocket.BinaryMessage, g.listener.Say(word)))
	}
}

func (g *gateway) end(conn *websocket.Conn) {
	g.Helper()
	g.must(conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"end"}`)))
	g.closed(conn, websocket.CloseNormalClosure)
}

// closed reads on until the socket is closed with a code.
func (g *gateway) closed(conn *websocket.Conn, code int) (seen []map[string]any) {
	g.Helper()
	for {
		_, data, err := conn.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			if closed.Code != code {
				g.Errorf("closed with %v, want %d", closed, code)
			}
			return seen
		}
		g.must(err)
		var m map[string]any
		g.must(json.Unmarshal(data, &m))
		seen = append(seen, m)
	}
}

// events reads a viewer's socket to the programme's end.
func (g *gateway) events(conn *websocket.Conn) (all []subtitle.Event) {
	g.Helper()
	for {
		_, data, err := conn.ReadMessage()
		if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			return all
		}
		g.must(err)
		e, err := event.Decode(data)
		g.must(err)
		all = append(all, e)
	}
}

// some reads n events.
func (g *gateway) some(conn *websocket.Conn, n int) (all []subtitle.Event) {
	g.Helper()
	for range n {
		_, data, err := conn.ReadMessage()
		g.must(err)
		e, err := event.Decode(data)
		g.must(err)
		all = append(all, e)
	}
	return all
}

func consecutive(t *testing.T, events []subtitle.Event, from int64) {
	t.Helper()
	for i, e := range events {
		if e.Seq != from+int64(i) {
			t.Fatalf("event %d has seq %d, want %d", i, e.Seq, from+int64(i))
		}
	}
}

func TestSpokenWordsReachAllViewersThroughOneReader(t *testing.T) {
	g := start(t, Config{})
	id := g.create()
	viewers := []*websocket.Conn{g.open("/v1/programmes/" + id + "/events"), g.open("/v1/programmes/" + id + "/events?after=0")}
	in := g.source(id, false)
	g.say(in, "We are here today. And so are you.")
	g.end(in)
	for _, v := range viewers {
		events := g.events(v)
		consecutive(t, events, 1)
		if got := subtitletest.Finals(events); got != "We are here today. And so are you." {
			t.Errorf("finals %q", got)
		}
		if events[len(events)-1].Type != subtitle.EventEnd {
			t.Error("no end event")
		}
	}
	if n := len(g.service.readers); n != 1 {
		t.Errorf("%d readers for two viewers", n)
	}
}

func TestViewerThatComesBackMissesNothingAndGetsNothingTwice(t *testing.T) {
	g := start(t, Config{})
	id := g.create()
	first := g.open("/v1/programmes/" + id + "/events?after=0")
	in := g.source(id, false)
	g.say(in, "one two three. four five six.")
	seen := g.some(first, 5)
	g.must(first.Close())
	g.say(in, "seven eight nine.")
	g.end(in)
	again := g.events(g.open(fmt.Sprintf("/v1/programmes/%s/events?after=%d", id, seen[len(seen)-1].Seq)))
	consecutive(t, append(seen, again...), 1)
	if got := subtitletest.Finals(append(seen, again...)); got != "one two three. four five six. seven eight nine." {
		t.Errorf("finals %q", got)
	}
}

func TestViewerWithoutAfterGetsTheLast20Segments(t *testing.T) {
	g := start(t, Config{})
	id := g.create()
	in := g.source(id, false)
	var sentences []string
	for n := range 30 {
		sentences = append(sentences, fmt.Sprintf("this is sentence%d.", n))
	}
	for range 2 { // also where the hub was started by another viewer long before
		g.open("/v1/programmes/" + id + "/events?after=0")
	}
	g.say(in, strings.Join(sentences, " ... "))
	g.end(in)
	if got := subtitletest.Finals(g.events(g.open("/v1/programmes/" + id + "/events"))); got != strings.Join(sentences[10:], " ") {
		t.Errorf("finals %q", got)
	}
}

func TestLanguagesAreFiltered(t *testing.T) {
	g := start(t, Config{})
	id := g.create()
	in := g.source(id, false)
	g.say(in, "only English here.")
	g.end(in)
	for _, e := range g.events(g.open("/v1/programmes/" + id + "/events?languages=kk,ru&after=0")) {
		if e.Language != "" {
			t.Errorf("event of language %q", e.Language)
		}
	}
	if got := subtitletest.Finals(g.events(g.open("/v1/programmes/" + id + "/events?languages=kk,en&after=0"))); got != "only English here." {
		t.Errorf("finals %q", got)
	}
}

func TestAcksComeOnlyWhereAskedFor(t *testing.T) {
	g := start(t, Config{})
	id := g.create()
	in := g.source(id, true)
	for _, want := range []float64{400, 800} {
		g.say(in, "word")
		if m := g.message(in); m["type"] != "ack" || m["received_ms"] != want {
			t.Errorf("%v, want ack of %v", m, want)
		}
	}
	g.must(in.Close())
}

func TestLostSourceIsAGapAndTheTimelineGoesOn(t *testing.T) {
	g := start(t, Config{})
	id := g.create()
	watch := g.open("/v1/programmes/" + id + "/events?after=0")
	in := g.source(id, false)
	g.say(in, "before it broke")
	g.must(in.Close())
	for waits := 0; waits < 2; { // before the first source, after it
		if e := g.some(watch, 1)[0]; e.Code == "waiting" {
			waits++
		}
	}
	again := g.open("/v1/programmes/" + id + "/ingest")
	g.must(again.WriteJSON(map[string]any{"format": "pcm_s16le", "sample_rate": 16000, "channels": 1}))
	if m := g.message(again); m["type"] != "ready" || m["received_ms"] != 1200.0 {
		t.Errorf("ready again: %v", m)
	}
	g.say(again, "and after.")
	g.end(again)
	all := g.events(g.open("/v1/programmes/" + id + "/events?after=0"))
	if got := subtitletest.Finals(all); got != "before it broke and after." {
		t.Errorf("finals %q", got)
	}
}

func TestRefusalsBeforeTheUpgrade(t *testing.T) {
	g := start(t, Config{Viewers: 1})
	id := g.create()
	g.source(id, false)
	ended := g.create()
	in := g.source(ended, false)
	g.end(in)
	g.open("/v1/programmes/" + id + "/events")
	for _, c := range []struct {
		name, path string
		status     int
		code       string
	}{
		{"unknown programme's events", "/v1/programmes/absent/events", 404, "not_found"},
		{"unknown programme's ingest", "/v1/programmes/absent/ingest", 404, "not_found"},
		{"second source", "/v1/programmes/" + id + "/ingest", 409, "exists"},
		{"ended programme", "/v1/programmes/" + ended + "/ingest", 400, "invalid"},
		{"after is no number", "/v1/programmes/" + id + "/events?after=x", 400, "invalid"},
		{"after is negative", "/v1/programmes/" + id + "/events?after=-1", 400, "invalid"},
		{"no seat left", "/v1/programmes/" + id + "/events", 503, "exhausted"},
		{"no such route", "/v1/programmes/" + id + "/nothing", 404, "not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, res, err := g.dial(c.path)
			if err == nil {
				_ = conn.Close()
				t.Fatal("the socket was opened")
			}
			var f reply.Failure
			if err := json.NewDecoder(res.Body).Decode(&f); err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != c.status || f.Error.Code != c.code || f.Error.Message == "" {
				t.Errorf("%d %+v", res.StatusCode, f)
			}
		})
	}
}

func TestWrongFirstMessages(t *testing.T) {
	g := start(t, Config{})
	id := g.create()
	for _, c := range []struct {
		name string
		kind int
		data string
		code string
		end  int
	}{
		{"sound before the format", websocket.BinaryMessage, "\x00\x01", "invalid", closeInvalid},
		{"not JSON", websocket.TextMessage, "hello", "invalid", closeInvalid},
		{"unknown format", websocket.TextMessage, `{"format":"mp3"}`, "unsupported", closeUnsupported},
		{"no sample rate", websocket.TextMessage, `{"format":"pcm_s16le","channels":1}`, "invalid", closeInvalid},
		{"768 kHz and more", websocket.TextMessage, `{"format":"pcm_s16le","channels":1,"sample_rate":768001}`, "invalid", closeInvalid},
		{"negative channels", websocket.TextMessage, `{"format":"opus","channels":-1}`, "invalid", closeInvalid},
		{"huge text", websocket.TextMessage, `{"format":"` + strings.Repeat("x", maxFirst) + `"}`, "invalid", closeInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := g.open("/v1/programmes/" + id + "/ingest")
			g.must(conn.WriteMessage(c.kind, []byte(c.data)))
			seen := g.closed(conn, c.end)
			if len(seen) != 1 || seen[0]["type"] != "error" || seen[0]["code"] != c.code || seen[0]["message"] == "" {
				t.Errorf("answers %v", seen)
			}
		})
	}
}

func TestTooLargeMessageIsRefused(t *testing.T) {
	g := start(t, Config{})
	conn := g.source(g.create(), false)
	_ = conn.WriteMessage(websocket.BinaryMessage, make([]byte, maxMessage+1)) // the server may hang up meanwhile
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
				t.Errorf("closed with %v", err)
			}
			return
		}
	}
}

func TestUnknownCommandIsIgnored(t *testing.T) {
	g := start(t, Config{})
	conn := g.source(g.create(), false)
	g.must(conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"dance"}`)))
	g.say(conn, "fine.")
	g.end(conn)
}

func TestViewerThatNeverReadsIsDisconnectedAndResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, Config{})
		id := g.create()
		lazy := g.open("/v1/programmes/" + id + "/events?after=0") // its pipe holds nothing: a write waits for a read
		good := g.open("/v1/programmes/" + id + "/events?after=0")
		in := g.source(id, false)
		g.say(in, "nobody waits for the lazy one.")
		g.end(in)
		all := g.events(good)
		if got := subtitletest.Finals(all); got != "nobody waits for the lazy one." {
			t.Errorf("finals %q", got)
		}
		g.handlerIdle()
		if _, _, err := lazy.ReadMessage(); err == nil {
			t.Error("the lazy viewer is still served")
		}
		consecutive(t, g.events(g.open("/v1/programmes/"+id+"/events?after=2")), 3)
	})
}

// handlerIdle waits until no viewer has a seat.
func (g *gateway) handlerIdle() {
	for {
		g.handler.mu.Lock()
		n := g.handler.viewers
		g.handler.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-time.After(time.Second): // fake time
		case <-g.Context().Done():
			g.Fatal("viewers stay")
		}
	}
}

func TestCloseTellsSourcesAndViewersToComeBack(t *testing.T) {
	g := start(t, Config{})
	id := g.create()
	v := g.open("/v1/programmes/" + id + "/events?after=0")
	in := g.source(id, false)
	g.some(v, 1)
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		g.handler.Close()
	}()
	g.closed(v, websocket.CloseServiceRestart)
	g.closed(in, websocket.CloseServiceRestart)
	<-closed
}

func TestVanishedViewerAndSourceAreNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, Config{})
		id := g.create()
		g.open("/v1/programmes/" + id + "/events?after=0") // never reads: never answers a ping
		g.source(id, false)
		g.handlerIdle()
		for {
			g.handler.mu.Lock()
			n := len(g.handler.sources)
			g.handler.mu.Unlock()
			if n == 0 {
				return
			}
			<-time.After(time.Second) // fake time
		}
	})
}
