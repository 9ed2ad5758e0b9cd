// Package ingest turns the bytes of a live sound into mono samples at 16 kHz as they arrive: raw PCM cut anywhere, Opus packets, or the
// bytes of a WebM or Ogg recording in progress (the formats of the ingest socket).
package ingest

import (
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/audio/opus"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/fault"
)

// maxOut bounds the sound of one message: half an hour. Silence is coded in so few bytes that a message could hold a day of it.
const maxOut = 1800 * audio.RateHz

// leastRateHz is the lowest rate of raw sound; below it a small message would become an hour of samples.
const leastRateHz = 4000

// Config says what arrives.
type Config struct {
	Format   string // pcm_s16le, pcm_f32le, mulaw, alaw, opus (one packet a message), webm, ogg
	RateHz   int    // of raw sound; the others bring their own
	Channels int    // 0 means 1; webm and ogg bring their own
}

// front makes interleaved samples of bytes.
type front interface {
	Append(dst []float32, b []byte) ([]float32, error)
	Flush(dst []float32) ([]float32, error)
	Format() (audio.Format, bool) // ok once it is known
}

// Decoder takes messages and gives samples. It is not safe for concurrent use.
type Decoder struct {
	front   front
	convert *mono16k.Converter // nil until the format is known
	frame   int                // samples in one frame
	samples []float32          // of the last frame, as far as they have come
	out     []float32
}

// New makes a decoder.
func New(c Config) (*Decoder, error) {
	const op fault.Op = "ingest.New"
	if c.Channels == 0 {
		c.Channels = 1
	}
	switch c.Format {
	case "webm":
		return &Decoder{front: new(opus.WebM)}, nil
	case "ogg":
		return &Decoder{front: new(opus.Ogg)}, nil
	case "opus":
		d, err := opus.NewDecoder(opus.Head{Channels: c.Channels})
		if err != nil {
			return nil, err
		}
		return &Decoder{front: packets{d}}, nil
	}
	encoding, err := pcm.Parse(c.Format)
	if err != nil {
		return nil, fault.Errorf(op, fault.Unsupported, "format %.20q: use pcm_s16le, pcm_f32le, mulaw, alaw, opus, webm or ogg", c.Format)
	}
	f := audio.Format{RateHz: c.RateHz, Channels: c.Channels}
	if err := pcm.Check(f); err != nil {
		return nil, err
	}
	if c.RateHz < leastRateHz {
		return nil, fault.Errorf(op, fault.Unsupported, "sample rate %d Hz: live sound needs at least %d", c.RateHz, leastRateHz)
	}
	return &Decoder{front: &raw{pcm.Decoder{Encoding: encoding}, f}}, nil
}

// Decode takes a message and gives the mono samples that it completes, valid until the next call. After an error, which comes with the samples
// before the damage, the decoder must not be used again.
func (d *Decoder) Decode(message []byte) ([]float32, error) {
	const piece = 2 << 10 // keeps the samples in between small, whatever the message
	var err error
	d.out = d.out[:0]
	if _, whole := d.front.(packets); whole {
		d.out, err = d.step(d.out, message)
		return d.out, err
	}
	for len(message) > 0 && err == nil {
		n := min(len(message), piece)
		d.out, err = d.step(d.out, message[:n])
		message = message[n:]
		if len(d.out) > maxOut {
			return nil, fault.Errorf("ingest.Decode", fault.Invalid, "more than half an hour of sound in one message: send smaller ones")
		}
	}
	return d.out, err
}

func (d *Decoder) step(dst []float32, b []byte) ([]float32, error) {
	samples, bad := d.front.Append(d.samples, b)
	dst, err := d.give(dst, samples)
	if bad != nil {
		return dst, bad
	}
	return dst, err
}

// give converts whole frames and keeps the rest.
func (d *Decoder) give(dst, samples []float32) ([]float32, error) {
	if d.convert == nil {
		f, ok := d.front.Format()
		if !ok {
			return dst, nil
		}
		c, err := mono16k.NewConverter(f)
		if err != nil {
			return dst, err
		}
		d.convert, d.frame = c, f.Channels
	}
	whole := len(samples) / d.frame * d.frame
	dst = d.convert.Append(dst, samples[:whole])
	d.samples = samples[:copy(samples, samples[whole:])]
	return dst, nil
}

// Flush ends the sound and gives its last samples. Bytes of an unfinished sample are dropped.
func (d *Decoder) Flush() ([]float32, error) {
	samples, bad := d.front.Flush(d.samples)
	out, err := d.give(d.out[:0], samples)
	if d.convert != nil {
		out = d.convert.Flush(out)
	}
	d.out = out
	if bad != nil {
		err = bad
	}
	return out, err
}

// raw is sound without a container.
type raw struct {
	pcm.Decoder
	format audio.Format
}

func (r *raw) Flush(dst []float32) ([]float32, error) { return dst, nil }
func (r *raw) Format() (audio.Format, bool)           { return r.format, true }

// packets is Opus, one packet a message.
type packets struct{ *opus.Decoder }

func (p packets) Flush(dst []float32) ([]float32, error) { return dst, nil }
func (p packets) Format() (audio.Format, bool)           { return p.Decoder.Format(), true }
