package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	connectcors "connectrpc.com/cors"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/cors"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/auth"
	"github.com/dauys/dauys/gateway/openai"
	"github.com/dauys/dauys/gateway/reply"
	"github.com/dauys/dauys/gateway/rest"
	"github.com/dauys/dauys/gateway/ws"
	"github.com/dauys/dauys/services/health"
	"github.com/dauys/dauys/services/intercept"
	"github.com/dauys/dauys/services/transport"
	"github.com/dauys/dauys/subtitle"
)

// Shutdown: running requests get drain, then their connections are closed; all is over within 5 s.
const (
	drain         = 3 * time.Second
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

// Service is an RPC service of this process that the listener serves to others.
type Service struct {
	Path    string       // "/dauys.asr.v1.RecognizerService/"
	Handler http.Handler // as the services' Handler methods give it
	Close   func()       // ends its streams at shutdown and waits for them; nil = it has none
}

// Config of a gateway. Parts that are nil are not served.
type Config struct {
	Listen     string           // host:port, "" = 127.0.0.1:8080; port 0 = any
	Subtitles  subtitle.Service // programmes: REST and WebSockets
	Recognizer asr.Recognizer   // OpenAI's API
	Page       fs.FS            // index.html, assets/
	Services   []Service
	Auth       auth.Config // Public is set by the address
	TLS        *tls.Config // certificates, nil = plain
	Sockets    ws.Config   // Ping, Slow, Viewers
	MaxUpload  int64       // bytes of a recording, 0 = 2 GiB
	TempDir    string      // of uploads, "" = the system's
	Gatherer   prometheus.Gatherer
	Registerer prometheus.Registerer // of the gateway's own metrics
	Logger     *slog.Logger
}

// Server is a gateway that listens.
type Server struct {
	cfg      Config
	listener net.Listener
	http     *http.Server
	sockets  *ws.Handler
	health   health.Status
}

// New checks the configuration and begins to listen; Run serves.
func New(cfg Config) (*Server, error) {
	const op fault.Op = "gateway.New"
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:8080"
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	public, err := isPublic(cfg.Listen)
	if err != nil {
		return nil, fault.E(op, fault.Invalid, err)
	}
	cfg.Auth.Public = public
	if public && cfg.TLS == nil && !cfg.Auth.Insecure {
		return nil, fault.Errorf(op, fault.Invalid, "%s is not on loopback and needs TLS: give --tls-cert and --tls-key, --tls auto, or --insecure", cfg.Listen)
	}
	if err := cfg.Auth.Check(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg}
	handler, err := s.handler()
	if err != nil {
		return nil, err
	}
	if s.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, fault.Errorf(op, fault.Exists, "%s is in use by another program: stop it or choose another address with --listen", cfg.Listen)
		}
		return nil, fault.E(op, fault.Invalid, err)
	}
	s.http = &http.Server{
		Handler: handler, TLSConfig: cfg.TLS, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelDebug),
	}
	transport.Serve(s.http)
	return s, nil
}

// isPublic tells whether an address can be reached from other machines.
func isPublic(listen string) (bool, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false, err
	}
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback()), nil
}

// URL is where a browser on this machine finds the gateway.
func (s *Server) URL() string {
	scheme := "http"
	if s.cfg.TLS != nil {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// Run serves until ctx is done, then tells sockets and streams to come back, lets requests finish and returns within 5 s.
func (s *Server) Run(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() {
		if s.cfg.TLS != nil {
			failed <- s.http.ServeTLS(s.listener, "", "")
		} else {
			failed <- s.http.Serve(s.listener)
		}
	}()
	var err error
	select {
	case err = <-failed:
		err = fault.E("gateway.Run", fault.Internal, err)
	case <-ctx.Done():
	}
	s.stop()
	if ctx.Err() != nil {
		if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
			err = fault.E("gateway.Run", fault.Internal, served)
		}
	}
	return err
}

func (s *Server) stop() {
	for _, service := range s.cfg.Services {
		s.health.Set(strings.Trim(service.Path, "/"), false)
	}
	var streams sync.WaitGroup
	if s.sockets != nil {
		streams.Go(s.sockets.Close)
	}
	for _, service := range s.cfg.Services {
		if service.Close != nil {
			streams.Go(service.Close)
		}
	}
	patience, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := s.http.Shutdown(patience); err != nil {
		s.cfg.Logger.Warn("requests were cut off at shutdown", "op", "gateway.Run", "err", err.Error())
		_ = s.http.Close()
	}
	streams.Wait()
}

// Close gives up a server that does not run.
func (s *Server) Close() error { return s.listener.Close() }

// handler puts the routes together.
func (s *Server) handler() (http.Handler, error) {
	cfg, mux := s.cfg, http.NewServeMux()
	if cfg.Subtitles != nil {
		rest.Routes(mux, rest.Config{Service: cfg.Subtitles, Logger: cfg.Logger})
		sockets := cfg.Sockets
		sockets.Service, sockets.Logger = cfg.Subtitles, cfg.Logger
		s.sockets = ws.New(sockets)
		s.sockets.Routes(mux)
	}
	if cfg.Recognizer != nil {
		openai.Routes(mux, openai.Config{
			Recognizer: cfg.Recognizer, Logger: cfg.Logger, MaxUpload: cfg.MaxUpload, TempDir: cfg.TempDir,
		})
	}
	if err := s.serveRPC(mux); err != nil {
		return nil, err
	}
	if cfg.Page != nil {
		page, err := newPage(cfg.Page, cfg.Auth.Public && cfg.Auth.Insecure)
		if err != nil {
			return nil, fault.E("gateway.New", fault.Invalid, err)
		}
		page.routes(mux)
	}
	s.probes(mux)
	guarded := shareWith(cfg.Auth.Origins, cfg.Auth.Guard(reply.Routes(mux)))
	counted, err := count(cfg.Registerer, guarded)
	if err != nil {
		return nil, fault.E("gateway.New", fault.Internal, err)
	}
	return recovering(cfg.Logger, counted), nil
}

// serveRPC adds the services and their health.
func (s *Server) serveRPC(mux *http.ServeMux) error {
	options, err := intercept.HandlerOptions(intercept.Config{Logger: s.cfg.Logger})
	if err != nil {
		return err
	}
	mux.Handle(health.NewHandler(&s.health, options...))
	for _, service := range s.cfg.Services {
		mux.Handle(service.Path, service.Handler)
		s.health.Set(strings.Trim(service.Path, "/"), true)
	}
	return nil
}

// shareWith lets configured pages elsewhere read answers (CORS); a browser's preflight carries no key, so it comes first.
func shareWith(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: append(connectcors.AllowedMethods(), http.MethodDelete),
		AllowedHeaders: append(connectcors.AllowedHeaders(), "Authorization", "X-API-Key"),
		ExposedHeaders: append(connectcors.ExposedHeaders(), "Retry-After", "Location", intercept.RequestID),
		MaxAge:         int(idleTimeout.Seconds()),
	}).Handler(next)
}
