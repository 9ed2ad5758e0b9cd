package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
)

var errHTTP1 = errors.New("peer answers HTTP/1.1")

// WrongProtocolError says that a peer answered HTTP/1.1 where HTTP/2 is needed.
type WrongProtocolError struct{ URL string }

// Error names the peer and what to look at.
func (e *WrongProtocolError) Error() string {
	return fmt.Sprintf("%s answers HTTP/1.1, services need HTTP/2: is it the port of `dauys serve`, without an HTTP/1.1 proxy in between?", e.URL)
}

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// sniffing wraps a dialer: the first bytes that a peer sends tell whether it speaks HTTP/1.1, which is noted. (Under TLS
// the bytes are a handshake and ALPN settles the protocol.)
func sniffing(dial dialer, http1 *atomic.Bool) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &sniffedConn{Conn: conn, http1: http1}, nil
	}
}

// sniffedConn looks at the first read of a connection; its one reader is the HTTP/2 transport's read loop.
type sniffedConn struct {
	net.Conn
	http1  *atomic.Bool
	looked bool
}

// Read fails where an HTTP/1.1 status line comes first.
func (c *sniffedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.looked && n > 0 {
		c.looked = true
		http1 := bytes.HasPrefix(p[:n], []byte("HTTP/"))
		c.http1.Store(http1)
		if http1 {
			return 0, errHTTP1
		}
	}
	return n, err
}
