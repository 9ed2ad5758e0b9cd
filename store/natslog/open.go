package natslog

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dauys/dauys/fault"
)

// Config of a log. Either Dir or URL is needed.
type Config struct {
	Dir      string // of the server in this process
	URL      string // of an outside server, nats://host:port, comma-separated for a cluster; Dir then is unused
	Stream   string // "" = DAUYS_SUBTITLES
	Replicas int    // of the stream in a cluster; 0 = 1
	MaxBytes int64  // of all events; 0 = what the disk has
	// MinFree is the free space below which an append is refused, before the server in this process gives up on a full
	// disk; 0 = 16 MiB.
	MinFree int64
	Logger  *slog.Logger
}

// readyWithin is how long a server may take to answer.
const readyWithin = 10 * time.Second

// Open starts the server in this process, or connects to an outside one, and creates the stream where it is missing.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	const op fault.Op = "natslog.Open"
	if cfg.Dir == "" && cfg.URL == "" {
		return nil, fault.Errorf(op, fault.Invalid, "event log: give a data folder or the URL of a NATS server")
	}
	if cfg.Stream == "" {
		cfg.Stream = "DAUYS_SUBTITLES"
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	l := &Log{cfg: cfg, tails: map[string]tail{}}
	if err := l.connect(); err != nil {
		l.Close()
		return nil, fault.E(op, fault.Other, err)
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := l.create(ctx); err != nil {
		l.Close()
		return nil, fault.E(op, fault.Other, err)
	}
	return l, nil
}

func (l *Log) connect() error {
	options := []nats.Option{nats.Name("dauys"), nats.MaxReconnects(-1), nats.Timeout(readyWithin)}
	if l.cfg.URL == "" {
		var err error
		if l.server, err = start(l.cfg); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(l.server.Server))
	}
	var err error
	if l.conn, err = nats.Connect(l.cfg.URL, options...); err != nil {
		return fault.Errorf("natslog.connect", fault.Unavailable, "event log: no NATS server: %w", err)
	}
	l.js, err = jetstream.New(l.conn)
	return fault.E("natslog.connect", fault.Internal, err)
}

func (l *Log) create(ctx context.Context) error {
	maxBytes := l.cfg.MaxBytes
	if maxBytes <= 0 {
		maxBytes = -1
	}
	stream, err := l.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: l.cfg.Stream, Subjects: []string{subjects + "*"}, Storage: jetstream.FileStorage,
		Replicas: max(1, l.cfg.Replicas), MaxBytes: maxBytes, Discard: jetstream.DiscardNew, // no AllowDirect: a follower may be behind
		Description: "events of live subtitles, a subject a programme",
	})
	if err != nil {
		return fault.Errorf("natslog.create", kind(err), "event log: stream %s: %w", l.cfg.Stream, err)
	}
	l.stream = stream
	return nil
}

// Close disconnects, and stops the server in this process after it has written everything.
func (l *Log) Close() error {
	if l.conn != nil {
		l.conn.Close()
	}
	l.server.stop()
	return nil
}

// embedded is a JetStream server inside this process.
type embedded struct {
	*server.Server
	dir     string
	minFree int64
	lock    *os.File
}

func start(cfg Config) (*embedded, error) {
	const op fault.Op = "natslog.start"
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return nil, fault.Errorf(op, fault.Other, "event log: %w", err)
	}
	e := &embedded{dir: cfg.Dir, minFree: cfg.MinFree}
	if e.minFree <= 0 {
		e.minFree = 16 << 20
	}
	var err error
	if e.lock, err = lock(cfg.Dir); err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	e.Server, err = server.NewServer(&server.Options{
		ServerName: "dauys", DontListen: true, JetStream: true, StoreDir: cfg.Dir, NoSigs: true, MaxPayload: 8 << 20,
	})
	if err != nil {
		e.lock.Close()
		return nil, fault.Errorf(op, fault.Internal, "event log in %s: %w", cfg.Dir, err)
	}
	e.SetLoggerV2(natsLogger{cfg.Logger}, false, false, false)
	e.Start()
	if !e.ReadyForConnections(readyWithin) {
		e.stop()
		return nil, fault.Errorf(op, fault.Unavailable, "event log in %s does not start: is the folder writable and the disk not full?", cfg.Dir)
	}
	return e, nil
}

// stop shuts the server down; a nil embedded is an outside server.
func (e *embedded) stop() {
	if e == nil {
		return
	}
	e.Shutdown()
	e.WaitForShutdown()
	e.lock.Close()
}

// room refuses an append while the disk is nearly full: JetStream would shut itself down on a full one.
func (e *embedded) room() error {
	if e == nil {
		return nil
	}
	free, err := freeSpace(e.dir)
	if err != nil || free >= e.minFree {
		return err
	}
	return fmt.Errorf("event log: disk full: %d MiB are free in %s, %d are needed: free some space", free>>20, e.dir, e.minFree>>20)
}

// natsLogger passes what the server has to say to slog: warnings and errors only.
type natsLogger struct{ *slog.Logger }

func (l natsLogger) Noticef(string, ...any) {}
func (l natsLogger) Debugf(string, ...any)  {}
func (l natsLogger) Tracef(string, ...any)  {}
func (l natsLogger) Warnf(f string, v ...any) {
	l.Warn("event log server", "err", fmt.Sprintf(f, v...))
}

func (l natsLogger) Errorf(f string, v ...any) {
	l.Error("event log server", "err", fmt.Sprintf(f, v...))
}

func (l natsLogger) Fatalf(f string, v ...any) {
	l.Error("event log server", "err", fmt.Sprintf(f, v...))
}
