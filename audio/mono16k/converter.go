// Package mono16k turns any sound into what recognisers hear: one channel at 16 kHz.
//
// Channels are averaged, then the rate is changed (package resample). [Converter] takes samples as they come; [New] wraps a whole
// audio.Source. Memory does not depend on the length of the sound.
package mono16k

import (
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/audio/resample"
)

// blockFrames bounds how many frames are averaged at once.
const blockFrames = 4096

// Converter takes interleaved samples of one format and gives mono samples at 16 kHz.
type Converter struct {
	channels int
	rate     *resample.Resampler
	mono     []float32
}

// NewConverter makes a converter for sounds of format f.
func NewConverter(f audio.Format) (*Converter, error) {
	if err := pcm.Check(f); err != nil {
		return nil, err
	}
	r, err := resample.New(f.RateHz, audio.RateHz)
	if err != nil {
		return nil, err
	}
	return &Converter{channels: f.Channels, rate: r, mono: make([]float32, 0, blockFrames)}, nil
}

// Append converts src, whole frames, and appends what comes out to dst.
func (c *Converter) Append(dst, src []float32) []float32 {
	if c.channels == 1 {
		return c.rate.Append(dst, src)
	}
	for len(src) >= c.channels {
		n := min(len(src)/c.channels, blockFrames) * c.channels
		c.mono = Downmix(c.mono[:0], src[:n], c.channels)
		dst = c.rate.Append(dst, c.mono)
		src = src[n:]
	}
	return dst
}

// Flush appends the end of the sound to dst and makes ready for another one.
func (c *Converter) Flush(dst []float32) []float32 { return c.rate.Flush(dst) }

// Reset forgets what it has heard: the next sample is the first of another sound.
func (c *Converter) Reset() { c.rate.Reset() }

// Downmix appends the mean of each frame of src to dst. An unfinished frame is left out.
func Downmix(dst, src []float32, channels int) []float32 {
	share := 1 / float32(channels)
	for ; len(src) >= channels; src = src[channels:] {
		sum := float32(0)
		for _, v := range src[:channels] {
			sum += v
		}
		dst = append(dst, sum*share)
	}
	return dst
}
