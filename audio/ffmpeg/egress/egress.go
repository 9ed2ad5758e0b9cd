// Package egress is a small HTTP proxy on the loopback interface for a child process that reads addresses which others chose. It connects to public
// hosts only: each address is looked at when it is dialled, so neither redirects nor names that change their meaning lead inside.
package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/dauys/dauys/fault"
)

// dialTimeout bounds how long a host may take to answer.
const dialTimeout = 15 * time.Second

// Proxy is a running proxy.
type Proxy struct {
	listener net.Listener
	server   *http.Server
	dialer   net.Dialer
	stop     context.CancelFunc
	running  sync.WaitGroup
}

// Start begins to serve. allow says which addresses may be dialled; [Public] is the usual answer.
func Start(allow func(netip.Addr) bool) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fault.Errorf("egress.Start", fault.Unavailable, "no port for the proxy of ffmpeg: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &Proxy{listener: l, stop: stop, dialer: net.Dialer{Timeout: dialTimeout, Control: control(allow)}}
	relay := &httputil.ReverseProxy{
		Rewrite:   func(*httputil.ProxyRequest) {},
		Transport: &http.Transport{DialContext: p.dialer.DialContext, DisableKeepAlives: true},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "this address cannot be reached from here", http.StatusForbidden)
		},
	}
	p.server = &http.Server{
		ReadHeaderTimeout: dialTimeout,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodConnect:
				p.tunnel(w, r)
			case r.URL.Scheme == "http":
				relay.ServeHTTP(w, r)
			default:
				http.Error(w, "this is a proxy", http.StatusBadRequest)
			}
		}),
	}
	p.running.Go(func() { _ = p.server.Serve(l) }) // ends with Close
	return p, nil
}

// URL of the proxy, for the environment of the child.
func (p *Proxy) URL() string { return "http://" + p.listener.Addr().String() }

// Close ends all connections and waits for them.
func (p *Proxy) Close() error {
	p.stop()
	err := p.server.Close()
	p.running.Wait()
	return err
}

// control looks at an address at the moment of connecting.
func control(allow func(netip.Addr) bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !allow(to.Addr()) {
			return fault.Errorf("egress.Dial", fault.Denied, "address %s is private", address)
		}
		return nil
	}
}

// tunnel serves CONNECT, which carries TLS.
func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request) {
	p.running.Add(1) // before Serve ends, as this is one of its connections
	defer p.running.Done()
	there, err := p.dialer.DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, "this address cannot be reached from here", http.StatusForbidden)
		return
	}
	defer there.Close()
	here, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "no tunnel", http.StatusInternalServerError)
		return
	}
	defer here.Close()
	if _, err := io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	// Closing both ends, when the proxy closes or either side is done, ends both copies.
	over := context.AfterFunc(r.Context(), func() { _, _ = here.Close(), there.Close() })
	defer over()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(here, there)
		_ = here.Close()
	})
	_, _ = io.Copy(there, buffered)
	_ = there.Close()
	back.Wait()
}

// shared is the address space of carriers' NAT (RFC 6598), and this network (RFC 1122).
var shared = []netip.Prefix{netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("64:ff9b::/96")}

// Public tells whether an address is one of the open Internet.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	for _, p := range shared {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate()
}

// Check resolves a host and fails when any of its addresses is not public; for protocols that do not go through a proxy.
func Check(ctx context.Context, host string) error {
	const op fault.Op = "egress.Check"
	host = strings.Trim(host, "[]")
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return fault.E(op, fault.Unavailable, errors.Join(errors.New("host "+host+" is not known"), err))
	}
	for _, a := range found {
		if !Public(a) {
			return fault.Errorf(op, fault.Denied, "host %s is in a private network: allow private addresses, or use a public one", host)
		}
	}
	return nil
}
