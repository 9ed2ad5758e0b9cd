package wav

import (
	"io"
	"math"

	goaudio "github.com/go-audio/audio"
	gowav "github.com/go-audio/wav"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/fault"
)

// Write writes samples, interleaved, as a WAV file of 16-bit PCM. Values outside [-1, 1] clip.
func Write(w io.Writer, f audio.Format, samples []float32) error {
	const op fault.Op = "wav.Write"
	if err := pcm.Check(f); err != nil {
		return err
	}
	if len(samples)*2 >= unknownSize {
		return fault.Errorf(op, fault.Invalid, "%d samples do not fit in a WAV file", len(samples))
	}
	values := make([]int, len(samples))
	for i, v := range samples {
		values[i] = int(max(-1<<15, min(math.RoundToEven(float64(v)*(1<<15)), 1<<15-1)))
	}
	const bits, integers = 16, 1
	out := image{b: make([]byte, 0, 44+2*len(samples))}
	encoder := gowav.NewEncoder(&out, f.RateHz, bits, f.Channels, integers)
	format := &goaudio.Format{NumChannels: f.Channels, SampleRate: f.RateHz}
	if err := encoder.Write(&goaudio.IntBuffer{Format: format, Data: values, SourceBitDepth: bits}); err != nil {
		return fault.E(op, fault.Internal, err)
	}
	if err := encoder.Close(); err != nil {
		return fault.E(op, fault.Internal, err)
	}
	_, err := w.Write(out.b)
	return fault.E(op, fault.Other, err)
}

// image is a file in memory that can be written again: the encoder puts the sizes in at the end.
type image struct {
	b  []byte
	at int
}

// Write overwrites what is there and appends the rest.
func (f *image) Write(p []byte) (int, error) {
	n := copy(f.b[f.at:], p)
	f.b = append(f.b, p[n:]...)
	f.at += len(p)
	return len(p), nil
}

// Seek moves inside of what was written.
func (f *image) Seek(offset int64, whence int) (int64, error) {
	base := map[int]int{io.SeekStart: 0, io.SeekCurrent: f.at, io.SeekEnd: len(f.b)}[whence]
	at := base + int(offset)
	if at < 0 || at > len(f.b) {
		return 0, fault.Errorf("wav.Seek", fault.Invalid, "offset %d of %d bytes", at, len(f.b))
	}
	f.at = at
	return int64(at), nil
}
