package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/auth"
	"github.com/dauys/dauys/gateway/selfca"
	"github.com/dauys/dauys/services/health"
	"github.com/dauys/dauys/services/intercept"
	subtitlerpc "github.com/dauys/dauys/services/subtitle"
	"github.com/dauys/dauys/services/transport"
	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/live"
	"github.com/dauys/dauys/subtitle/subtitletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deaf is a recogniser that is there, or not.
type deaf struct {
	asr.Recognizer
	err error
}

func (d *deaf) Models(context.Context) ([]asr.ModelInfo, error) {
	return []asr.ModelInfo{{ID: "deaf"}}, d.err
}

var site = fstest.MapFS{
	"index.html":      {Data: []byte(`<html><body><script src="/assets/index.js"></script></body></html>`)},
	"assets/index.js": {Data: []byte(`"use strict"`)},
}

func pipeline(t *testing.T, l subtitle.Listener) subtitle.Service {
	t.Helper()
	s, err := live.New(t.Context(), live.Config{
		Listener: l, Log: &memory.Log{}, Registry: &memory.Registry{},
		Decode: func(subtitle.AudioFormat) (live.Decoder, error) { return &subtitletest.PCM{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

// start runs a gateway on a free port; the cleanup stops it and waits.
func start(t *testing.T, cfg Config) (*Server, func()) {
	t.Helper()
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	return s, stop
}

func get(t *testing.T, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	defer c.CloseIdleConnections()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func client() *http.Client { return &http.Client{Transport: &http.Transport{}} }

func TestPageIsServedSafely(t *testing.T) {
	s, _ := start(t, Config{Page: site})
	for _, path := range []string{"/", "/p/x1"} {
		res, body := get(t, client(), s.URL()+path)
		if res.StatusCode != 200 || !strings.Contains(body, "index.js") || strings.Contains(body, "insecure") {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		if !strings.Contains(res.Header.Get("Content-Security-Policy"), "script-src 'self'") || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", path, res.Header)
		}
	}
	res, body := get(t, client(), s.URL()+"/assets/index.js")
	if res.StatusCode != 200 || body != `"use strict"` || !strings.Contains(res.Header.Get("Content-Type"), "javascript") {
		t.Errorf("%d %s %v", res.StatusCode, body, res.Header)
	}
	req, err := http.NewRequest(http.MethodGet, s.URL()+"/assets/index.js", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("If-None-Match", res.Header.Get("ETag"))
	c := client()
	defer c.CloseIdleConnections()
	res, err = c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged file: %d", res.StatusCode)
	}
	if res, body := get(t, client(), s.URL()+"/assets/../gateway.go"); res.StatusCode != 404 || !strings.Contains(body, "not_found") {
		t.Errorf("a file that is no part of the page: %d %s", res.StatusCode, body)
	}
}

func TestProbesAndMetrics(t *testing.T) {
	reg := prometheus.NewRegistry()
	ears := &deaf{}
	s, _ := start(t, Config{Recognizer: ears, Subtitles: pipeline(t, &subtitletest.Listener{}), Gatherer: reg, Registerer: reg})
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready"} {
		if res, body := get(t, client(), s.URL()+path); res.StatusCode != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	if _, body := get(t, client(), s.URL()+"/metrics"); !strings.Contains(body, `dauys_http_requests_total{code="200",method="get"}`) {
		t.Error(body)
	}
	ears.err = fault.Errorf("deaf", fault.Unavailable, "service http://asr is out of reach")
	if res, body := get(t, client(), s.URL()+"/readyz"); res.StatusCode != 503 || !strings.Contains(body, "out of reach") {
		t.Errorf("not ready: %d %s", res.StatusCode, body)
	}
	if res, _ := get(t, client(), s.URL()+"/healthz"); res.StatusCode != 200 {
		t.Error("a process whose peer is away is called dead")
	}
}

func TestAddressesThatCannotBe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, key := auth.NewKey()
	for _, c := range []struct {
		name string
		cfg  Config
		want fault.Kind
		text string
	}{
		{"port in use", Config{Listen: taken.Addr().String()}, fault.Exists, "--listen"},
		{"no port", Config{Listen: "localhost"}, fault.Invalid, "port"},
		{"public without TLS", Config{Listen: "0.0.0.0:0", Auth: auth.Config{Keys: []auth.Hash{key}}}, fault.Invalid, "--tls"},
		{"public without key", Config{Listen: "0.0.0.0:0", TLS: &tls.Config{MinVersion: tls.VersionTLS12}}, fault.Invalid, "API key"},
		{"every interface is public", Config{Listen: ":0"}, fault.Invalid, "--insecure"},
		{"page without index", Config{Page: fstest.MapFS{}}, fault.Invalid, "index.html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := New(c.cfg)
			if err == nil {
				_ = s.Close()
			}
			if fault.KindOf(err) != c.want || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v: %v", fault.KindOf(err), err)
			}
		})
	}
}

func TestConfiguredPageElsewhereMayReadAnswers(t *testing.T) {
	s, _ := start(t, Config{Subtitles: pipeline(t, &subtitletest.Listener{}), Auth: auth.Config{Origins: []string{"https://page.example"}}})
	c := client()
	defer c.CloseIdleConnections()
	for origin, allowed := range map[string]string{"https://page.example": "https://page.example", "https://evil.example": ""} {
		req, err := http.NewRequest(http.MethodOptions, s.URL()+"/v1/programmes", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		req.Header.Set("Access-Control-Request-Method", "POST")
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != allowed {
			t.Errorf("%s: allowed %q", origin, got)
		}
	}
}

func TestInsecureServerSaysSoOnEveryPage(t *testing.T) {
	s, _ := start(t, Config{Listen: "0.0.0.0:0", Page: site, Auth: auth.Config{Insecure: true}})
	for _, path := range []string{"/", "/p/x1"} {
		if _, body := get(t, client(), s.URL()+path); !strings.Contains(body, `role="alert"`) {
			t.Error(body)
		}
	}
}

func TestTLSOfTheOwnAuthorityWithAKey(t *testing.T) {
	authority, err := selfca.Open(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cert, err := authority.Issue([]string{"localhost"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, hash := auth.NewKey()
	service := pipeline(t, &subtitletest.Listener{})
	s, _ := start(t, Config{
		Listen: "0.0.0.0:0", Subtitles: service, Auth: auth.Config{Keys: []auth.Hash{hash}},
		TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, Services: []Service{rpc(t, service)},
	})
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12}}}
	if res, body := get(t, c, s.URL()+"/v1/programmes"); res.StatusCode != 401 || !strings.Contains(body, "unauthenticated") {
		t.Errorf("without a key: %d %s", res.StatusCode, body)
	}
	for want, k := range map[fault.Kind]string{fault.Other: key, fault.Unauthenticated: "dk_wrong"} {
		remote, err := subtitlerpc.NewClient(subtitlerpc.Config{Peer: transport.Config{URL: s.URL(), Key: k, CA: authority.Pool()}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := remote.List(t.Context()); fault.KindOf(err) != want {
			t.Errorf("service client with key %q: %v", k, err)
		}
		remote.Close()
	}
}

// rpc serves a subtitle service to other processes.
func rpc(t *testing.T, s subtitle.Service) Service {
	t.Helper()
	opts, err := intercept.HandlerOptions(intercept.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := subtitlerpc.NewServer(s)
	path, handler := server.Handler(opts...)
	return Service{Path: path, Handler: handler, Close: server.Close}
}

// TestSeparateProcessesDoTheSame: a gateway before a remote service, sound in at one end, events out at the other.
func TestSeparateProcessesDoTheSame(t *testing.T) {
	listener := &subtitletest.Listener{}
	back, _ := start(t, Config{Services: []Service{rpc(t, pipeline(t, listener))}})
	remote, err := subtitlerpc.NewClient(subtitlerpc.Config{Peer: transport.Config{URL: back.URL()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remote.Close)
	front, _ := start(t, Config{Subtitles: remote})
	peer, err := transport.New(transport.Config{URL: back.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	if serving, err := health.Check(t.Context(), peer, peer.Base, subtitlerpc.Service); err != nil || !serving {
		t.Errorf("health: %v, %v", serving, err)
	}
	p, err := remote.Create(t.Context(), subtitle.Spec{Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	base := strings.Replace(front.URL(), "http", "ws", 1) + "/v1/programmes/" + p.ID
	viewer := dial(t, base+"/events?after=0")
	source := dial(t, base+"/ingest")
	write(t, source, websocket.TextMessage, `{"format":"pcm_s16le","sample_rate":16000,"channels":1}`)
	write(t, source, websocket.BinaryMessage, string(listener.Say("Good evening everybody.")))
	write(t, source, websocket.TextMessage, `{"type":"end"}`)
	var all strings.Builder
	for {
		_, data, err := viewer.ReadMessage()
		if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
	}
	if s := all.String(); !strings.Contains(s, `"text":"Good evening everybody."`) || !strings.Contains(s, `"type":"end"`) {
		t.Error(s)
	}
	if _, body := get(t, client(), front.URL()+"/v1/programmes/"+p.ID+"/subtitles.vtt"); !strings.Contains(body, "Good evening") {
		t.Error(body)
	}
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func write(t *testing.T, conn *websocket.Conn, kind int, data string) {
	t.Helper()
	if err := conn.WriteMessage(kind, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func TestShutdownEndsOpenSocketsAndStreams(t *testing.T) {
	service := pipeline(t, &subtitletest.Listener{})
	s, stop := start(t, Config{Subtitles: service, Services: []Service{rpc(t, service)}})
	remote, err := subtitlerpc.NewClient(subtitlerpc.Config{Peer: transport.Config{URL: s.URL()}})
	if err != nil {
		t.Fatal(err)
	}
	defer remote.Close()
	p, err := remote.Create(t.Context(), subtitle.Spec{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	events, err := remote.Subscribe(ctx, p.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	viewer := dial(t, strings.Replace(s.URL(), "http", "ws", 1)+"/v1/programmes/"+p.ID+"/events?after=0")
	if _, _, err := viewer.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	go func() { // a viewer that answers the goodbye, as browsers do
		for {
			if _, _, err := viewer.ReadMessage(); err != nil {
				return
			}
		}
	}()
	stop()
	cancel()
	_ = events.Close()
	if _, err := http.Get(s.URL() + "/healthz"); err == nil || errors.Is(err, io.EOF) {
		t.Error("the gateway still answers")
	}
}
