// Package memhttp is an HTTP server on in-memory pipes, for tests: HTTP/1.1 and HTTP/2 without TLS, no ports, usable inside
// testing/synctest. It can cut all its connections, as a broken network does.
package memhttp

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
)

// URL is the address under which requests reach a server; its name does not matter to the pipes.
const URL = "http://memory.test"

// Server serves one handler until the test ends.
type Server struct {
	http     *http.Server
	listener *listener
	done     chan struct{}
}

// New starts a server; the test's cleanup stops it and waits for it.
func New(t testing.TB, handler http.Handler) *Server {
	t.Helper()
	s := Start(&http.Server{Handler: handler})
	t.Cleanup(s.Close)
	return s
}

// Start serves with a given configuration. HTTP/1.1 and HTTP/2 with prior knowledge are on unless it says otherwise.
func Start(server *http.Server) *Server {
	if server.Protocols == nil {
		server.Protocols = new(http.Protocols)
		server.Protocols.SetHTTP1(true)
		server.Protocols.SetUnencryptedHTTP2(true)
	}
	s := &Server{
		http:     server,
		listener: &listener{accept: make(chan net.Conn), closed: make(chan struct{})},
		done:     make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(s.listener) // ends with ErrServerClosed
	}()
	return s
}

// Dial opens a connection to the server; the address is ignored. It fits the dialers of net/http and gorilla/websocket.
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	s.listener.track(client)
	select {
	case s.listener.accept <- server:
		return client, nil
	case <-s.listener.closed:
		return nil, errors.New("connection refused: memory server is closed")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Client is an HTTP client of this server alone: over HTTP/1.1, or over HTTP/2 with prior knowledge. Close its idle
// connections when done.
func (s *Server) Client(http2 bool) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	return &http.Client{Transport: &http.Transport{DialContext: s.Dial, Protocols: protocols}}
}

// Cut breaks every open connection. New ones may be dialled at once.
func (s *Server) Cut() { s.listener.cut() }

// Close stops the server, cuts what is open and waits until it has stopped accepting.
func (s *Server) Close() {
	_ = s.http.Close()
	s.Cut()
	<-s.done
}

// listener hands the server's ends of pipes to Accept.
type listener struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	conns []net.Conn
}

func (l *listener) track(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, c)
}

func (l *listener) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

// Accept waits for the next dialled pipe.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses further connections.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is a name for the logs.
func (l *listener) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "memory.test:80" }
