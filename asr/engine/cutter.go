package engine

import (
	"context"
	"math"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/vad"
	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/mel"
)

// silentTail is the silence behind a recording that its last mel frames still hear, in samples.
const silentTail = (whisper.TailFrames + 1) * mel.HopSamples

// unknownPeak asks for the greatest value so far.
var unknownPeak = float32(math.Inf(-1))

// cutter turns a recording into windows of mel frames, as it is read. It keeps what is not cut yet.
type cutter struct {
	mel     *mel.Stream
	bins    int
	voice   Voice // nil: no voice detection
	plan    planner
	padding asr.Padding
	peak    float32 // of the whole recording, or unknownPeak

	raw   []float32 // mel frames from base on
	base  int64     // frame number
	frame []float32 // samples of the VAD frame under way
	total int64     // samples heard
}

func newCutter(e *Engine, m *model, plain bool, padding asr.Padding, peak float32) (*cutter, error) {
	c := &cutter{mel: m.mel.NewStream(), bins: m.mel.Bins(), padding: padding, peak: peak}
	if !plain {
		var err error
		if c.voice, err = e.listen(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *cutter) close() {
	if c.voice != nil {
		c.voice.Close()
	}
}

// run cuts a recording at pauses and gives each window with the time of its end.
func (c *cutter) run(ctx context.Context, src audio.Source, give func(whisper.Clip, time.Duration) error) error {
	windows := func(final bool) error {
		for {
			s, ok := c.plan.next(c.total, final)
			if !ok {
				break
			}
			if err := give(c.clip(s, final), audio.Duration(s.to, audio.RateHz)); err != nil {
				return err
			}
		}
		c.forget(c.plan.needed(c.total) / mel.HopSamples)
		return nil
	}
	err := eachBlock(ctx, src, func(block []float32) error {
		if err := c.hear(ctx, block); err != nil {
			return err
		}
		return windows(false)
	})
	if err != nil {
		return err
	}
	if err := c.finish(ctx); err != nil {
		return err
	}
	return windows(true)
}

// runPlain cuts a recording in windows of 30 s, each beginning behind the frames that read used of the one before.
func (c *cutter) runPlain(ctx context.Context, src audio.Source, read func(whisper.Clip) (int, error)) error {
	at := int64(0)
	windows := func(final bool) error {
		limit := samplesIn(windowLimit)
		for c.total-at*mel.HopSamples >= limit || final && at < c.total/mel.HopSamples {
			s := span{at * mel.HopSamples, min(at*mel.HopSamples+limit, c.total)}
			clip := c.clip(s, final)
			clip.More = s.to < c.total || !final
			n, err := read(clip)
			if err != nil {
				return err
			}
			at += int64(n)
			c.forget(at)
		}
		return nil
	}
	err := eachBlock(ctx, src, func(block []float32) error {
		if err := c.hear(ctx, block); err != nil {
			return err
		}
		return windows(false)
	})
	if err != nil {
		return err
	}
	if err := c.finish(ctx); err != nil {
		return err
	}
	return windows(true)
}

// hear takes the next samples.
func (c *cutter) hear(ctx context.Context, block []float32) error {
	c.total += int64(len(block))
	c.raw = c.mel.Append(c.raw, block)
	if c.voice == nil {
		return nil
	}
	for len(block) > 0 {
		n := min(len(block), vad.FrameSamples-len(c.frame))
		c.frame, block = append(c.frame, block[:n]...), block[n:]
		if len(c.frame) == vad.FrameSamples {
			if err := c.detect(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *cutter) detect(ctx context.Context) error {
	p, err := c.voice.Probability(ctx, c.frame)
	if err != nil {
		return err
	}
	c.plan.push(p)
	c.frame = c.frame[:0]
	return nil
}

// finish ends the sound with silence, as the reference does.
func (c *cutter) finish(ctx context.Context) error {
	c.raw = c.mel.Append(c.raw, make([]float32, silentTail))
	if c.voice == nil || len(c.frame) == 0 {
		return nil
	}
	c.frame = append(c.frame, make([]float32, vad.FrameSamples-len(c.frame))...)
	return c.detect(ctx)
}

// clip copies the mel frames of a span. The last span of a sound padded with silence keeps the frames that hear its end.
func (c *cutter) clip(s span, final bool) whisper.Clip {
	from, to := s.from/mel.HopSamples, s.to/mel.HopSamples
	if final && s.to == c.total && c.padding == asr.PadAudio {
		to += whisper.TailFrames
	}
	low := int(max(0, from-c.base)) * c.bins
	high := min(int(to-c.base)*c.bins, len(c.raw))
	peak := c.peak
	if math.IsInf(float64(peak), -1) {
		peak = c.mel.Peak()
	}
	return whisper.Clip{From: int(from), Raw: append([]float32(nil), c.raw[low:max(low, high)]...), Peak: peak}
}

// forget drops the frames before one.
func (c *cutter) forget(before int64) {
	n := min(int(before-c.base)*c.bins, len(c.raw))
	if n <= 0 {
		return
	}
	c.raw = c.raw[:copy(c.raw, c.raw[n:])]
	c.base += int64(n / c.bins)
}
