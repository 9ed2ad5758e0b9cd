// Package transport carries calls between services: HTTP/2 with prior knowledge (h2c) or over TLS, watched by pings.
//
// A peer that speaks HTTP/1.1 only (a proxy in between, the wrong port) is named as such: streams in both directions need
// HTTP/2.
package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/dauys/dauys/fault"
)

// Pings: a peer that is silent for PingAfter is asked, and given up PingTimeout later.
const (
	PingAfter   = 10 * time.Second
	PingTimeout = 5 * time.Second
)

// Flow control: what HTTP/2 lets a peer send ahead of the reader. A stream's window is 2 s of 16 kHz float sound; the
// connection's is the largest that net/http takes, so that 30 streams whose readers wait do not stop the others.
const (
	streamWindow     = 128 << 10
	connectionWindow = 4<<20 - 1
)

// Config of a client. URL is needed.
type Config struct {
	URL  string         // http://host:port or https://host:port
	Key  string         // API key sent as a bearer token, "" = none
	CA   *x509.CertPool // who signs the peer's certificate, nil = the system's
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client is an HTTP client of one peer.
type Client struct {
	Base      string // the peer's address without a trailing slash
	transport *http.Transport
	key       string
	http1     atomic.Bool // what the newest connection's peer spoke
}

// New prepares a client; nothing is dialled before the first call.
func New(cfg Config) (*Client, error) {
	const op fault.Op = "transport.New"
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fault.Errorf(op, fault.Invalid, "service address %q: write http://host:port or https://host:port", cfg.URL)
	}
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	c := &Client{Base: u.Scheme + "://" + u.Host, key: cfg.Key}
	c.transport = &http.Transport{
		Protocols:           protocols,
		DialContext:         sniffing(dial, &c.http1),
		TLSClientConfig:     &tls.Config{RootCAs: cfg.CA, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 5 * time.Second,
		HTTP2: &http.HTTP2Config{
			SendPingTimeout:               PingAfter,
			PingTimeout:                   PingTimeout,
			MaxReceiveBufferPerStream:     streamWindow,
			MaxReceiveBufferPerConnection: connectionWindow,
		},
	}
	return c, nil
}

// Do sends a request; it fits connect.HTTPClient. The context of a request with a body of unknown length must end some day.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	if req.ContentLength < 0 && req.Body != nil {
		// While net/http waits for the next piece of a body it does not look at the context; closing the body wakes it.
		context.AfterFunc(req.Context(), func() { _ = req.Body.Close() })
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	res, err := c.transport.RoundTrip(req)
	if err != nil && c.http1.Load() {
		// The transport's own error depends on who met the closed connection first.
		return nil, &WrongProtocolError{URL: c.Base}
	}
	return res, err
}

// Close gives idle connections back.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Serve sets up a server for both kinds of clients: HTTP/1.1 and HTTP/2, the latter also without TLS, watched by pings.
func Serve(server *http.Server) {
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	server.HTTP2 = &http.HTTP2Config{
		SendPingTimeout:               PingAfter,
		PingTimeout:                   PingTimeout,
		MaxConcurrentStreams:          1000,
		MaxReceiveBufferPerStream:     streamWindow,
		MaxReceiveBufferPerConnection: connectionWindow,
	}
}
