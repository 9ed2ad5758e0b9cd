package pcm

import (
	"errors"
	"io"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// The limits of a format that the suite accepts.
const (
	MaxChannels = 64
	MaxRateHz   = 768000
)

// Check says what is wrong with a format, nil when nothing is.
func Check(f audio.Format) error {
	const op fault.Op = "pcm.Check"
	if f.Channels < 1 || f.Channels > MaxChannels {
		return fault.Errorf(op, fault.Unsupported, "%d channels: between 1 and %d are supported", f.Channels, MaxChannels)
	}
	if f.RateHz < 1 || f.RateHz > MaxRateHz {
		return fault.Errorf(op, fault.Unsupported, "sample rate %d Hz: between 1 and %d are supported", f.RateHz, MaxRateHz)
	}
	return nil
}

// Reader is an audio.Source over raw samples without a header. An unfinished frame at the end is dropped.
type Reader struct {
	format  audio.Format
	decoder Decoder
	from    io.Reader
	bytes   []byte
	samples []float32 // the whole of what bytes held
	next    int       // first of samples not given yet
	failed  error
}

// readBytes is how much a Reader takes from its input at once: 85 ms of 48 kHz stereo floats.
const readBytes = 32 << 10

// NewReader reads samples of the given encoding.
func NewReader(r io.Reader, e Encoding, f audio.Format) (*Reader, error) {
	if err := Check(f); err != nil {
		return nil, err
	}
	return &Reader{
		format: f, decoder: Decoder{Encoding: e}, from: r, bytes: make([]byte, readBytes),
		samples: make([]float32, 0, readBytes/e.Bytes()+MaxChannels+1),
	}, nil
}

// Format implements audio.Source.
func (r *Reader) Format() audio.Format { return r.format }

// Read implements audio.Source.
func (r *Reader) Read(p []float32) (int, error) {
	p = p[:len(p)/r.format.Channels*r.format.Channels]
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.samples)-r.next < r.format.Channels {
		if r.failed != nil {
			return 0, r.failed
		}
		r.fill()
	}
	whole := (len(r.samples) - r.next) / r.format.Channels * r.format.Channels
	n := copy(p, r.samples[r.next:r.next+whole])
	r.next += n
	return n, nil
}

// fill reads once and keeps what is left of the last frame.
func (r *Reader) fill() {
	r.samples = r.samples[:copy(r.samples, r.samples[r.next:])]
	r.next = 0
	n, err := r.from.Read(r.bytes)
	samples, bad := r.decoder.Append(r.samples, r.bytes[:n])
	r.samples = samples
	switch {
	case bad != nil:
		r.failed = bad
	case errors.Is(err, io.EOF):
		r.failed = io.EOF
	case err != nil:
		r.failed = fault.E("pcm.Read", fault.Other, err)
	}
}
