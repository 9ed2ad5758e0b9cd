package live

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/dauys/dauys/fault"
)

// ingest is a client's hold on the one source of a programme.
type ingest struct {
	p       *programme
	source  int
	mu      sync.Mutex // Write and End
	decoder Decoder
	close   sync.Once
}

// Write decodes bytes onto the timeline; it waits while 10 s are queued.
func (i *ingest) Write(ctx context.Context, b []byte) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	samples, err := i.decoder.Decode(b)
	if err != nil {
		return fault.E("live.Write", fault.Corrupt, err)
	}
	return i.put(ctx, samples)
}

func (i *ingest) put(ctx context.Context, samples []float32) error {
	if n, _ := i.p.attached(); n != i.source {
		return fault.Errorf("live.Write", fault.Unavailable, "this source was detached from programme %s", i.p.info.ID)
	}
	if err := finite(samples); err != nil {
		return err
	}
	ctx, stop := joined(ctx, i.p.hearing)
	defer stop()
	return i.p.tape.write(ctx, samples)
}

// finite refuses samples that are no numbers: they would poison every hypothesis after them.
func finite(samples []float32) error {
	for n, s := range samples {
		if math.IsNaN(float64(s)) || math.IsInf(float64(s), 0) {
			return fault.Errorf("live.Write", fault.Corrupt, "sample %d is not a number: send finite samples", n)
		}
	}
	return nil
}

// Received tells how much sound is on the programme's timeline.
func (i *ingest) Received() time.Duration { return i.p.tape.received() }

// End takes the rest out of the decoder, ends the programme and waits until it has ended.
func (i *ingest) End(ctx context.Context) error {
	err := i.flush(ctx)
	i.close.Do(func() { i.p.detach(i.source, false) })
	i.p.end(i.p.cfg.EndWithin)
	select {
	case <-i.p.done:
		return err
	case <-ctx.Done():
		return fault.E("live.End", fault.Other, ctx.Err())
	}
}

func (i *ingest) flush(ctx context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	samples, err := i.decoder.Flush()
	if putErr := i.put(ctx, samples); err == nil && len(samples) > 0 {
		err = putErr
	}
	return fault.E("live.End", fault.Other, err)
}

// Close detaches the source, which is a gap unless End came before. A Write that waits for room is not interrupted: cancel its
// context.
func (i *ingest) Close() error {
	i.close.Do(func() { i.p.detach(i.source, true) })
	return nil
}
