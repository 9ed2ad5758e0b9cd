package mono16k

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"testing"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/audio/wav"
)

// tone is a WAV file of a 440 Hz tone on the first channel only.
func tone(t *testing.T, f audio.Format, frames int) *bytes.Reader {
	t.Helper()
	x := make([]float32, frames*f.Channels)
	for i := range frames {
		x[i*f.Channels] = float32(math.Sin(2 * math.Pi * 440 * float64(i) / float64(f.RateHz)))
	}
	var b bytes.Buffer
	if err := wav.Write(&b, f, x); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func readAll(t *testing.T, s audio.Source, block int) (all []float32) {
	t.Helper()
	p := make([]float32, block)
	for {
		n, err := s.Read(p)
		all = append(all, p[:n]...)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryFormatBecomesTheSameTone(t *testing.T) {
	for _, f := range []audio.Format{{RateHz: 16000, Channels: 1}, {RateHz: 8000, Channels: 1}, {RateHz: 44100, Channels: 2}, {RateHz: 48000, Channels: 8}, {RateHz: 768000, Channels: 1}} {
		file, err := wav.NewReader(tone(t, f, f.RateHz/2))
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(file)
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, s, 777)
		if len(got) != 8000 || s.(audio.Sized).Frames() != 8000 {
			t.Fatalf("%v: %d samples, promised %d", f, len(got), s.(audio.Sized).Frames())
		}
		for i := 2000; i < 6000; i++ {
			want := math.Sin(2*math.Pi*440*float64(i)/16000) / float64(f.Channels)
			if d := math.Abs(float64(got[i]) - want); d > 3.2e-5 { // a step of 16 bits, where the peak clips
				t.Fatalf("%v: sample %d is off by %.2g", f, i, d)
			}
		}
		if err := s.(audio.Rewinder).Rewind(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(readAll(t, s, 4000), got) {
			t.Errorf("%v: the second reading differs", f)
		}
	}
}

func TestTinySoundsSurvive(t *testing.T) {
	for frames, want := range map[int]int{0: 0, 1: 2, 3: 6} {
		r, err := pcm.NewReader(bytes.NewReader(make([]byte, frames*2)), pcm.S16LE, audio.Format{RateHz: 8000, Channels: 1})
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, s, 5); len(got) != want {
			t.Errorf("%d frames of 8 kHz give %d samples, want %d", frames, len(got), want)
		}
		if _, ok := s.(audio.Rewinder); ok {
			t.Error("a stream claims that it can be rewound")
		}
	}
}
