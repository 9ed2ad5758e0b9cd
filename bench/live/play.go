package live

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/bench/mix"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/lag"
	live "github.com/dauys/dauys/subtitle/live"
	"github.com/dauys/dauys/subtitle/policy"
)

// packet is how much sound a client sends at once; a browser's or telephone's packets are of this order.
const packet = 40 * time.Millisecond

// play sends the recording to a pipeline at the pace of real time, and gives its events with the moments of their arrival.
func play(ctx context.Context, l subtitle.Listener, p policy.Config, r *mix.Recording, language string) ([]lag.Arrival, error) {
	const op = "live.play"
	service, err := live.New(ctx, live.Config{
		Listener: l, Log: &memory.Log{}, Registry: &memory.Registry{}, Policy: p, EndWithin: -1,
		Decode: func(subtitle.AudioFormat) (live.Decoder, error) { return &floats{}, nil },
	})
	if err != nil {
		return nil, err
	}
	defer service.Close(context.WithoutCancel(ctx))
	programme, err := service.Create(ctx, subtitle.Spec{Title: "bench", Language: language, Source: subtitle.SourceWebSocket})
	if err != nil {
		return nil, err
	}
	in, err := service.Ingest(ctx, programme.ID, subtitle.AudioFormat{Encoding: "pcm_f32le", SampleRate: audio.RateHz, Channels: 1})
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out, err := service.Subscribe(ctx, programme.ID, 0)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start := time.Now()
	sent := make(chan error, 1)
	go func() {
		err := send(ctx, in, r.Samples, start)
		if err != nil {
			cancel() // ends the reading
		}
		sent <- err
	}()
	arrivals, err := receive(ctx, out, start)
	cancel()
	if sendErr := <-sent; sendErr != nil {
		err = sendErr
	}
	return arrivals, fault.E(op, fault.Other, err)
}

// send writes each packet at the moment when its last sample is spoken.
func send(ctx context.Context, in subtitle.Ingest, samples []float32, start time.Time) error {
	n := int(audio.Samples(packet, audio.RateHz))
	timer := time.NewTimer(0)
	defer timer.Stop()
	var bytes []byte
	for at := 0; at < len(samples); at += n {
		end := min(at+n, len(samples))
		timer.Reset(time.Until(start.Add(audio.Duration(int64(end), audio.RateHz))))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		bytes = bytes[:0]
		for _, s := range samples[at:end] {
			bytes = binary.LittleEndian.AppendUint32(bytes, math.Float32bits(s))
		}
		if err := in.Write(ctx, bytes); err != nil {
			return err
		}
	}
	return in.End(ctx)
}

func receive(ctx context.Context, out subtitle.Events, start time.Time) ([]lag.Arrival, error) {
	var arrivals []lag.Arrival
	for {
		e, err := out.Next(ctx)
		if errors.Is(err, io.EOF) {
			return arrivals, nil
		}
		if err != nil {
			return nil, err
		}
		if e.Type == subtitle.EventError {
			return nil, fault.Errorf("live.receive", fault.Internal, "the programme failed: %s", e.Message)
		}
		arrivals = append(arrivals, lag.Arrival{At: time.Since(start), Event: e})
	}
}

// floats decodes whole little-endian float32 samples, as send sends them.
type floats struct{ samples []float32 }

// Decode takes a packet.
func (f *floats) Decode(p []byte) ([]float32, error) {
	f.samples = f.samples[:0]
	for ; len(p) >= 4; p = p[4:] {
		f.samples = append(f.samples, math.Float32frombits(binary.LittleEndian.Uint32(p)))
	}
	return f.samples, nil
}

// Flush has nothing to give.
func (f *floats) Flush() ([]float32, error) { return nil, nil }
