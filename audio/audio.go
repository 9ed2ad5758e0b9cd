// Package audio holds the sound types of the suite. Decoders, resampling, G.711 and the mel spectrogram live in folders below.
package audio

import "time"

// RateHz is the sample rate at which every recogniser here listens: 16 kHz, mono.
const RateHz = 16000

// Format describes interleaved PCM.
type Format struct {
	RateHz   int // 1 .. 768000
	Channels int // 1 .. 64
}

// Source yields interleaved float32 samples, nominally in [-1, 1].
type Source interface {
	Format() Format
	// Read fills p with up to len(p) samples, always whole frames, and returns how many.
	// At the end it returns 0, io.EOF. Samples are finite: a decoder turns NaN and Inf into an error.
	Read(p []float32) (int, error)
}

// Rewinder is a Source that can be read again from its beginning (a file, not a microphone).
type Rewinder interface {
	Source
	Rewind() error
}

// Sized is a Source that knows its length in frames, 0 when the header does not say.
type Sized interface{ Frames() int64 }

// Duration converts a count of samples per channel to time.
func Duration(samples int64, rateHz int) time.Duration {
	whole, rest := samples/int64(rateHz), samples%int64(rateHz)
	return time.Duration(whole)*time.Second + time.Duration(rest)*time.Second/time.Duration(rateHz)
}

// Samples converts time to a count of samples per channel, rounded down.
func Samples(d time.Duration, rateHz int) int64 {
	return int64(d/time.Second)*int64(rateHz) + int64(d%time.Second)*int64(rateHz)/int64(time.Second)
}
