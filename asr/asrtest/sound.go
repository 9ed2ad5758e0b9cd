package asrtest

import (
	"io"
	"math"
	"math/rand/v2"
	"time"

	"github.com/dauys/dauys/audio"
)

// Bursts gives mono 16 kHz sound: noise that swells and fades twice a second, with a pause after every third second.
func Bursts(length time.Duration) []float32 {
	random := rand.New(rand.NewPCG(16, 1))
	samples := make([]float32, audio.Samples(length, audio.RateHz))
	for i := range samples {
		second := i / audio.RateHz
		if second%4 == 3 {
			continue
		}
		swell := math.Sin(2 * math.Pi * float64(i) / audio.RateHz)
		samples[i] = float32(0.4 * swell * swell * (2*random.Float64() - 1))
	}
	return samples
}

// Source is sound in memory.
type Source struct {
	Samples []float32
	At      int
}

// Format is mono 16 kHz.
func (s *Source) Format() audio.Format { return audio.Format{RateHz: audio.RateHz, Channels: 1} }

// Frames is the length.
func (s *Source) Frames() int64 { return int64(len(s.Samples)) }

// Rewind begins again.
func (s *Source) Rewind() error {
	s.At = 0
	return nil
}

// Read gives the next samples.
func (s *Source) Read(p []float32) (int, error) {
	n := copy(p, s.Samples[s.At:])
	s.At += n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
