package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway"
	"github.com/dauys/dauys/gateway/auth"
	asrservice "github.com/dauys/dauys/services/asr"
	"github.com/dauys/dauys/services/intercept"
	subtitleservice "github.com/dauys/dauys/services/subtitle"
	"github.com/dauys/dauys/services/transport"
	"github.com/dauys/dauys/subtitle"
)

type serveCmd struct {
	Parts        []string `arg:"" optional:"" name:"part" help:"all (the default), or some of asr, subtitle, gateway; parts that do not run here are reached by --asr and --subtitle."`
	Listen       string   `help:"Address to listen on." default:"127.0.0.1:8080" env:"DAUYS_LISTEN"`
	Data         string   `help:"Folder of programmes and their events." placeholder:"DIR" default:"${data_dir}" env:"DAUYS_DATA"`
	ASR          string   `help:"Address of the recognition service, where it runs elsewhere." name:"asr" placeholder:"URL" env:"DAUYS_ASR"`
	Subtitle     string   `help:"Address of the subtitle service, where it runs elsewhere." placeholder:"URL" env:"DAUYS_SUBTITLE"`
	NATS         string   `help:"Address of a NATS server for events; none = one in this process." name:"nats" placeholder:"URL" env:"DAUYS_NATS"`
	Model        string   `help:"Model of programmes and recordings that name none." placeholder:"ID" default:"whisper-base" env:"DAUYS_ASR_MODEL"`
	Programmes   int      `help:"Programmes that may run at once." default:"4" env:"DAUYS_PROGRAMMES"`
	AllowPrivate bool     `help:"Allow addresses in private networks as sources."`
	Hosts        []string `help:"Names by which this server is reached, besides localhost and its addresses." placeholder:"NAME" env:"DAUYS_HOSTS"`
	Origins      []string `help:"Web pages elsewhere that may use this server." placeholder:"https://HOST" env:"DAUYS_ORIGINS"`
	TLS          string   `help:"auto makes an own certificate authority and prints its fingerprint." name:"tls" enum:",auto" default:"" env:"DAUYS_TLS"`
	TLSCert      string   `help:"Certificate for TLS." name:"tls-cert" placeholder:"FILE" env:"DAUYS_TLS_CERT"`
	TLSKey       string   `help:"Its private key." name:"tls-key" placeholder:"FILE" env:"DAUYS_TLS_KEY"`
	Insecure     bool     `help:"Serve off loopback without TLS and keys; every page says so."`
	ServiceKey   string   `help:"API key for the services at --asr and --subtitle." placeholder:"KEY" env:"DAUYS_SERVICE_KEY"`
	CA           string   `help:"Certificate of the authority that signed those services' certificates." name:"ca" placeholder:"FILE" env:"DAUYS_CA"`
}

// Run serves until the process is told to stop; what was heard is then written and everything ends within 5 s.
func (c *serveCmd) Run(e *env) error {
	parts, err := c.parts()
	if err != nil {
		return err
	}
	s := &server{cmd: c, env: e, metrics: prometheus.NewRegistry()}
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	defer s.close()
	if err := s.build(parts); err != nil {
		return err
	}
	return s.run()
}

// parts checks what is to be served.
func (c *serveCmd) parts() (map[string]bool, error) {
	all := []string{"asr", "subtitle", "gateway"}
	names := c.Parts
	if len(names) == 0 || slices.Equal(names, []string{"all"}) {
		names = all
	}
	parts := map[string]bool{}
	for _, n := range names {
		if !slices.Contains(all, n) {
			return nil, usageError{fmt.Errorf("part %q: want all, asr, subtitle or gateway", n)}
		}
		parts[n] = true
	}
	if parts["subtitle"] && !parts["asr"] && c.ASR == "" {
		return nil, usageError{errors.New("serve subtitle needs a recogniser: serve asr too, or name one with --asr URL")}
	}
	if parts["gateway"] && !parts["subtitle"] && c.Subtitle == "" {
		return nil, usageError{errors.New("serve gateway needs programmes: serve subtitle too, or name the service with --subtitle URL")}
	}
	return parts, nil
}

// server is what runs in this process.
type server struct {
	cmd     *serveCmd
	env     *env
	metrics *prometheus.Registry

	recognizer asr.Recognizer   // here or elsewhere
	subtitles  subtitle.Service // here or elsewhere
	services   []gateway.Service
	gateway    *gateway.Server
	stops      []func(context.Context) error // at shutdown, while the gateway drains
	closes     []func() error                // after all, last first
}

func (s *server) build(parts map[string]bool) error {
	if err := s.buildRecognizer(parts["asr"]); err != nil {
		return err
	}
	if err := s.buildSubtitles(parts["subtitle"]); err != nil {
		return err
	}
	return s.buildGateway(parts["gateway"])
}

func (s *server) buildRecognizer(here bool) error {
	if !here {
		if s.cmd.ASR == "" {
			return nil
		}
		peer, err := s.peer(s.cmd.ASR)
		if err != nil {
			return err
		}
		client, err := asrservice.NewClient(asrservice.Config{Peer: peer, Logger: s.env.log})
		if err != nil {
			return err
		}
		s.recognizer = client
		s.closes = append(s.closes, func() error { client.Close(); return nil })
		return nil
	}
	engine, err := s.env.engine(s.cmd.Model)
	if err != nil {
		return err
	}
	s.recognizer = engine
	s.closes = append(s.closes, engine.Close)
	server := asrservice.NewServer(engine)
	options, err := intercept.HandlerOptions(intercept.Config{Logger: s.env.log})
	if err != nil {
		return err
	}
	path, handler := server.Handler(options...)
	s.services = append(s.services, gateway.Service{Path: path, Handler: handler, Close: server.Close})
	return nil
}

func (s *server) buildSubtitles(here bool) error {
	if !here {
		if s.cmd.Subtitle == "" {
			return nil
		}
		peer, err := s.peer(s.cmd.Subtitle)
		if err != nil {
			return err
		}
		client, err := subtitleservice.NewClient(subtitleservice.Config{Peer: peer, Logger: s.env.log})
		if err != nil {
			return err
		}
		s.subtitles = client
		s.closes = append(s.closes, func() error { client.Close(); return nil })
		return nil
	}
	service, err := s.programmes()
	if err != nil {
		return err
	}
	s.subtitles = service
	server := subtitleservice.NewServer(service)
	options, err := intercept.HandlerOptions(intercept.Config{Logger: s.env.log})
	if err != nil {
		return err
	}
	path, handler := server.Handler(options...)
	s.services = append(s.services, gateway.Service{Path: path, Handler: handler, Close: server.Close})
	return nil
}

// peer is how a service elsewhere is reached.
func (s *server) peer(address string) (transport.Config, error) {
	p := transport.Config{URL: address, Key: s.cmd.ServiceKey}
	if s.cmd.CA == "" {
		return p, nil
	}
	pem, err := os.ReadFile(s.cmd.CA)
	if err != nil {
		return p, fault.E("serve.peer", fault.Other, err)
	}
	p.CA = x509.NewCertPool()
	if !p.CA.AppendCertsFromPEM(pem) {
		return p, fault.Errorf("serve.peer", fault.Invalid, "%s holds no certificate in PEM form", s.cmd.CA)
	}
	return p, nil
}

func (s *server) buildGateway(pages bool) error {
	cfg := gateway.Config{
		Listen: s.cmd.Listen, Services: s.services, Gatherer: s.metrics, Registerer: s.metrics, Logger: s.env.log,
		Auth: auth.Config{Insecure: s.cmd.Insecure, Hosts: s.cmd.Hosts, Origins: s.cmd.Origins},
	}
	if pages {
		cfg.Subtitles, cfg.Recognizer, cfg.Page = s.subtitles, s.recognizer, page()
	}
	var err error
	if cfg.TLS, err = s.certificates(); err != nil {
		return err
	}
	if cfg.TLS != nil { // without it the gateway serves loopback, or everybody with --insecure, or refuses: no key is made
		if cfg.Auth.Keys, err = s.keys(); err != nil {
			return err
		}
	}
	s.gateway, err = gateway.New(cfg)
	return err
}

func (s *server) run() error {
	fmt.Fprintf(s.env.err, "dauys %s serves %s\n", version, s.gateway.URL())
	stopped := make(chan error, 1)
	stop := context.AfterFunc(s.env.ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.env.ctx), shutdown)
		defer cancel()
		var errs []error
		for _, f := range s.stops {
			errs = append(errs, f(ctx))
		}
		stopped <- errors.Join(errs...)
	})
	err := s.gateway.Run(s.env.ctx)
	if stop() { // the gateway failed by itself
		return err
	}
	return errors.Join(err, <-stopped)
}

// shutdown is how long programmes may flush.
const shutdown = 4500 * time.Millisecond

func (s *server) close() {
	for _, f := range slices.Backward(s.closes) {
		if err := f(); err != nil {
			s.env.log.Warn("not closed cleanly", "op", "serve.close", "err", err)
		}
	}
}
