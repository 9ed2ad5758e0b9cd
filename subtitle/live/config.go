package live

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/policy"
)

// Decoder turns an ingest client's bytes into 16 kHz mono samples.
type Decoder interface {
	// Decode takes bytes cut anywhere and gives the samples that are ready, valid until the next call.
	Decode(p []byte) ([]float32, error)
	// Flush gives the samples that were held back at the end.
	Flush() ([]float32, error)
}

// Config of a Service. Listener, Log and Registry are needed; the rest has defaults.
type Config struct {
	Listener subtitle.Listener
	Log      subtitle.Log
	Registry subtitle.Registry
	// Decode makes the decoder of an ingest format. Without it there is no ingest.
	Decode func(subtitle.AudioFormat) (Decoder, error)
	// Open opens the sound of a url or demo programme, 16 kHz mono. What reads a finished recording of a demo is played at
	// real-time pace by the programme. A source that is an io.Closer is closed.
	Open func(ctx context.Context, spec subtitle.Spec) (audio.Source, error)

	Policy     policy.Config
	Programmes int           // that may run at once; 0 = 4
	Wait       time.Duration // for a source; 0 = 5 min
	EndWithin  time.Duration // flushing at the end of a source; 0 = 10 s, negative = as long as it takes
	// Lag is told of each word when its segment closes: from the arrival of the word's end to the event that first
	// showed it so (final false), and to the event that made it stable (final true).
	Lag    func(final bool, lag time.Duration)
	Logger *slog.Logger
	NewID  func() string
}

const (
	queue       = 10 * time.Second        // of sound that a client may be ahead of the recogniser
	keep        = 60 * time.Second        // of sound that was heard and is not committed
	recent      = 1024                    // events of a programme in memory
	tailSize    = 20                      // segments that a new viewer gets
	lagging     = 5 * time.Second         // behind real time: told to viewers
	lagCheck    = time.Second             // while no hypotheses come
	caughtUp    = 2 * time.Second         // behind real time: no longer told
	stopFlush   = 3500 * time.Millisecond // for recognisers at shutdown, of the 5 s that a shutdown may take
	stopWrite   = 4500 * time.Millisecond // for the log at shutdown
	retryFirst  = 250 * time.Millisecond
	retryLimit  = 5 * time.Second
	stuckLimit  = 5                 // recognisers that may fail at the same sound
	chunk       = audio.RateHz / 10 // samples handed to the recogniser at once
	clockMemory = 2 * time.Minute   // of arrival times
)

func (c Config) withDefaults() (Config, error) {
	if c.Listener == nil || c.Log == nil || c.Registry == nil {
		return c, fault.Errorf("live.New", fault.Invalid, "a service needs a Listener, a Log and a Registry")
	}
	if c.Programmes <= 0 {
		c.Programmes = 4
	}
	if c.Wait <= 0 {
		c.Wait = 5 * time.Minute
	}
	if c.EndWithin == 0 {
		c.EndWithin = 10 * time.Second
	}
	if c.Lag == nil {
		c.Lag = func(bool, time.Duration) {}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.NewID == nil {
		c.NewID = func() string { return strings.ToLower(rand.Text()[:16]) }
	}
	_, err := policy.New(c.Policy, 1)
	return c, err
}
