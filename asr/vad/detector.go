package vad

import "context"

// Detector finds the spans of speech in one sound that comes in pieces of any length. It is used by one goroutine at a time.
type Detector struct {
	stream  *Stream
	rules   *Segmenter
	pending []float32 // of a frame that is not full
	spans   []Span
}

// NewDetector begins a sound.
func (m *Model) NewDetector(c Config) (*Detector, error) {
	rules, err := NewSegmenter(c)
	if err != nil {
		return nil, err
	}
	stream, err := m.NewStream()
	if err != nil {
		return nil, err
	}
	return &Detector{stream: stream, rules: rules, pending: make([]float32, 0, FrameSamples)}, nil
}

// Write hears samples at 16 kHz in [-1, 1] and gives the spans that ended in them, valid until the next call.
func (d *Detector) Write(ctx context.Context, samples []float32) ([]Span, error) {
	d.spans = d.spans[:0]
	for len(samples) > 0 {
		if len(d.pending) == 0 && len(samples) >= FrameSamples {
			if err := d.frame(ctx, samples[:FrameSamples]); err != nil {
				return d.spans, err
			}
			samples = samples[FrameSamples:]
			continue
		}
		n := min(FrameSamples-len(d.pending), len(samples))
		d.pending = append(d.pending, samples[:n]...)
		samples = samples[n:]
		if err := d.full(ctx); err != nil {
			return d.spans, err
		}
	}
	return d.spans, nil
}

// Flush ends the sound, its last frame filled up with silence, and gives the spans that were under way.
func (d *Detector) Flush(ctx context.Context) ([]Span, error) {
	d.spans = d.spans[:0]
	end := d.rules.Now() + int64(len(d.pending))
	if n := len(d.pending); n > 0 {
		d.pending = d.pending[:FrameSamples]
		clear(d.pending[n:])
		if err := d.full(ctx); err != nil {
			return d.spans, err
		}
	}
	if span, ended := d.rules.Flush(); ended {
		d.spans = append(d.spans, span)
	}
	for i := range d.spans {
		d.spans[i].End = min(d.spans[i].End, end)
	}
	return d.spans, nil
}

// full runs the pending frame once it is complete.
func (d *Detector) full(ctx context.Context) error {
	if len(d.pending) < FrameSamples {
		return nil
	}
	frame := d.pending
	d.pending = d.pending[:0]
	return d.frame(ctx, frame)
}

func (d *Detector) frame(ctx context.Context, samples []float32) error {
	p, err := d.stream.Probability(ctx, samples)
	if err != nil {
		return err
	}
	if span, ended := d.rules.Push(p); ended {
		d.spans = append(d.spans, span)
	}
	return nil
}

// Segmenter tells what the newest frame was like: Speaking, Voiced, Pause. Do not push to it.
func (d *Detector) Segmenter() *Segmenter { return d.rules }

// Close gives the detector's memory back.
func (d *Detector) Close() { d.stream.Close() }
