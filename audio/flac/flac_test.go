package flac

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readAll(r audio.Source) (samples []float32, err error) {
	p := make([]float32, 1000)
	for {
		n, err := r.Read(p)
		samples = append(samples, p[:n]...)
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return samples, err
		}
	}
}

func TestLosslessFileGivesTheToneToTheLastBit(t *testing.T) {
	for _, c := range []struct {
		file   string
		format audio.Format
		step   float64
		levels []float64
	}{
		{"tone.16.flac", audio.Format{RateHz: 8000, Channels: 1}, 1.0 / (1 << 15), []float64{0.5}},
		{"tone.24.stereo.flac", audio.Format{RateHz: 44100, Channels: 2}, 1.0 / (1 << 23), []float64{0.5, 0.25}},
	} {
		r, err := NewReader(bytes.NewReader(read(t, c.file)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(r)
		frames := c.format.RateHz / 5
		if err != nil || r.Format() != c.format || len(got) != frames*c.format.Channels || r.Frames() != int64(frames) {
			t.Fatalf("%s: %v, %d samples, %d promised, %v", c.file, r.Format(), len(got), r.Frames(), err)
		}
		for i, v := range got {
			want := c.levels[i%len(c.levels)] * math.Sin(2*math.Pi*440*float64(i/len(c.levels))/float64(c.format.RateHz))
			if math.Abs(float64(v)-want) > c.step {
				t.Fatalf("%s: sample %d is %v, want %v", c.file, i, v, want)
			}
		}
	}
}

func TestCutOffFileGivesWhatItHasAndThenAnError(t *testing.T) {
	b := read(t, "tone.24.stereo.flac")
	r, err := NewReader(bytes.NewReader(b[:len(b)*2/3]))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(r)
	if len(got) == 0 || fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("%d samples, %v", len(got), err)
	}
}

func TestWhatIsNotFLACIsRefused(t *testing.T) {
	for _, in := range []string{"", "fLaC", "hello, this is text"} {
		if _, err := NewReader(strings.NewReader(in)); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(read(f, "tone.16.flac"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		p := make([]float32, 4096)
		for range 100 {
			if _, err := r.Read(p); err != nil {
				return
			}
		}
	})
}
