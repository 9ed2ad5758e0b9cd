package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/ffmpeg"
	"github.com/dauys/dauys/audio/ingest"
	"github.com/dauys/dauys/demo"
	"github.com/dauys/dauys/gateway/web"
	"github.com/dauys/dauys/store/natslog"
	"github.com/dauys/dauys/store/sqlite"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/live"
)

// programmes makes the subtitle service of this process with its stores.
func (s *server) programmes() (*live.Service, error) {
	ctx := s.env.ctx
	registry, err := sqlite.Open(ctx, filepath.Join(s.cmd.Data, "programmes.db"))
	if err != nil {
		return nil, err
	}
	s.closes = append(s.closes, registry.Close)
	log, err := natslog.Open(ctx, natslog.Config{Dir: filepath.Join(s.cmd.Data, "events"), URL: s.cmd.NATS, Logger: s.env.log})
	if err != nil {
		return nil, err
	}
	s.closes = append(s.closes, log.Close)
	service, err := live.New(ctx, live.Config{
		Listener: listener{s.recognizer}, Log: log, Registry: registry, Decode: decoder, Open: s.open,
		Programmes: s.cmd.Programmes, Lag: lagMetrics(s.metrics), Logger: s.env.log,
	})
	if err != nil {
		return nil, err
	}
	s.stops = append(s.stops, service.Close)
	return service, nil
}

// decoder makes the decoder of what an ingest client sends.
func decoder(f subtitle.AudioFormat) (live.Decoder, error) {
	return ingest.New(ingest.Config{Format: f.Encoding, RateHz: f.SampleRate, Channels: f.Channels})
}

// open gives the sound of a programme that brings its own.
func (s *server) open(ctx context.Context, spec subtitle.Spec) (audio.Source, error) {
	if spec.Source == subtitle.SourceDemo {
		return openDemo(ctx)
	}
	src, err := ffmpeg.URL(ctx, spec.URL, s.cmd.AllowPrivate)
	if err != nil {
		return nil, err
	}
	return closing(src, src)
}

// lagMetrics registers the lag of words: from the arrival of a word's end to the event that showed it.
func lagMetrics(registry *prometheus.Registry) func(final bool, lag time.Duration) {
	lag := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "dauys_subtitle_lag_seconds",
		Help:    "From the end of a word in the sound to the event that first showed it (partial) or made it stable (final).",
		Buckets: []float64{0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7, 10, 20},
	}, []string{"event"})
	registry.MustRegister(lag)
	partial, stable := lag.WithLabelValues("partial"), lag.WithLabelValues("final")
	return func(final bool, d time.Duration) {
		if final {
			stable.Observe(d.Seconds())
		} else {
			partial.Observe(d.Seconds())
		}
	}
}

// page is the built page with the demonstration recording beside it.
func page() fs.FS { return overlay{web.Files(), demo.Files} }

// overlay is one file tree on top of another.
type overlay struct{ upper, lower fs.FS }

// Open looks in the upper tree first.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.upper.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.lower.Open(name)
	}
	return f, err
}

// ReadDir lists both trees.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	upper, err := fs.ReadDir(o.upper, name)
	lower, lowerErr := fs.ReadDir(o.lower, name)
	if err != nil {
		return lower, lowerErr
	}
	return append(upper, lower...), nil
}
