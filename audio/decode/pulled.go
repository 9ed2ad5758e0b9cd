package decode

import (
	"errors"
	"io"
	"os"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// container takes bytes as they come and gives samples (opus.Ogg, opus.WebM).
type container interface {
	Append(dst []float32, b []byte) ([]float32, error)
	Flush(dst []float32) ([]float32, error)
	Format() (audio.Format, bool)
}

// pulled is an audio.Source over a container.
type pulled struct {
	from      io.Reader
	container container
	format    audio.Format
	bytes     []byte
	samples   []float32
	next      int
	failed    error
}

// pullBytes is how much is read at once; Opus of 24 kbit/s makes 45 times as many bytes of samples of it.
const pullBytes = 8 << 10

// headerBytes is within how much the header must come; a picture may stand before it.
const headerBytes = 16 << 20

func newPulled(r io.Reader, c container) (*pulled, error) {
	p := &pulled{from: r, container: c, bytes: make([]byte, pullBytes)}
	for read := 0; read < headerBytes; read += pullBytes {
		p.fill()
		var ok bool
		if p.format, ok = c.Format(); ok {
			return p, nil
		}
		if errors.Is(p.failed, io.EOF) {
			break
		}
		if p.failed != nil {
			return nil, p.failed
		}
	}
	return nil, fault.Errorf("decode.Open", fault.Unsupported, "no Opus sound at its beginning: install ffmpeg, or convert it")
}

// Format implements audio.Source.
func (p *pulled) Format() audio.Format { return p.format }

// Read implements audio.Source.
func (p *pulled) Read(out []float32) (int, error) {
	out = out[:len(out)/p.format.Channels*p.format.Channels]
	if len(out) == 0 {
		return 0, nil
	}
	for p.next == len(p.samples) {
		if p.failed != nil {
			return 0, p.failed
		}
		p.fill()
	}
	n := copy(out, p.samples[p.next:])
	p.next += n
	return n, nil
}

// fill reads once. Samples that were not given yet stay.
func (p *pulled) fill() {
	p.samples, p.next = p.samples[:copy(p.samples, p.samples[p.next:])], 0
	n, err := p.from.Read(p.bytes)
	samples, bad := p.container.Append(p.samples, p.bytes[:n])
	if bad == nil && errors.Is(err, io.EOF) {
		samples, bad = p.container.Flush(samples)
	}
	p.samples, p.failed = samples, err
	if bad != nil {
		p.failed = bad
	}
}

// spoolBytes bounds what is copied to a temporary file for ffmpeg: ten hours of video.
const spoolBytes = 32 << 30

// spool copies r to a temporary file, because most containers of video cannot be read from a pipe.
func spool(r io.Reader) (path string, remove func() error, err error) {
	const op fault.Op = "decode.Open"
	f, err := os.CreateTemp("", "dauys-sound-*")
	if err != nil {
		return "", nothing, fault.Errorf(op, fault.Unavailable, "no temporary file for the recording: %w", err)
	}
	remove = func() error { return os.Remove(f.Name()) }
	n, err := io.Copy(f, io.LimitReader(r, spoolBytes+1))
	err = errors.Join(err, f.Close())
	if err == nil && n > spoolBytes {
		err = fault.Errorf(op, fault.Invalid, "more than %d GiB: cut the recording into parts", spoolBytes>>30)
	}
	if err != nil {
		return "", nothing, errors.Join(fault.Errorf(op, fault.Other, "the recording cannot be stored for ffmpeg: %w", err), remove())
	}
	return f.Name(), remove, nil
}
