package mono16k

import (
	"errors"
	"io"

	"github.com/dauys/dauys/audio"
)

// source is a Source at 16 kHz, mono.
type source struct {
	from    audio.Source
	convert *Converter
	in, out []float32
	next    int // first of out not given yet
	failed  error
}

// New makes src mono at 16 kHz. The result is an audio.Rewinder when src is one, and an audio.Sized when src is one.
func New(src audio.Source) (audio.Source, error) {
	format := src.Format()
	c, err := NewConverter(format)
	if err != nil {
		return nil, err
	}
	// A sound of a few Hz grows a thousandfold: take so little of it at once that a block stays a block.
	frames := max(1, min(blockFrames, blockFrames*format.RateHz/audio.RateHz))
	s := &source{from: src, convert: c, in: make([]float32, frames*format.Channels)}
	if r, ok := src.(audio.Rewinder); ok {
		return &rewinder{source: s, from: r}, nil
	}
	return s, nil
}

// Format implements audio.Source.
func (s *source) Format() audio.Format { return audio.Format{RateHz: audio.RateHz, Channels: 1} }

// Read implements audio.Source.
func (s *source) Read(p []float32) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for s.next == len(s.out) {
		if s.failed != nil {
			return 0, s.failed
		}
		s.fill()
	}
	n := copy(p, s.out[s.next:])
	s.next += n
	return n, nil
}

// fill converts one block of the input.
func (s *source) fill() {
	n, err := s.from.Read(s.in)
	s.out, s.next = s.convert.Append(s.out[:0], s.in[:n]), 0
	if err == nil {
		return
	}
	s.failed = err
	// What was heard before a failure is given too: a recording that is cut off is worth having up to there.
	s.out = s.convert.Flush(s.out)
	if errors.Is(err, io.EOF) {
		s.failed = io.EOF
	}
}

// Frames is the length at 16 kHz, 0 when the input does not know its own.
func (s *source) Frames() int64 {
	sized, ok := s.from.(audio.Sized)
	if !ok {
		return 0
	}
	from := int64(s.from.Format().RateHz)
	n := sized.Frames()
	return n/from*audio.RateHz + (n%from*audio.RateHz+from-1)/from
}

// rewinder is a source over an input that can go back.
type rewinder struct {
	*source
	from audio.Rewinder
}

// Rewind implements audio.Rewinder.
func (r *rewinder) Rewind() error {
	if err := r.from.Rewind(); err != nil {
		return err
	}
	r.convert.Reset()
	r.out, r.next, r.failed = r.out[:0], 0, nil
	return nil
}
