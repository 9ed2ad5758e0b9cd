package vad

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/dauys/dauys/audio"
)

// found runs a detector over x in pieces of the given length.
func found(t *testing.T, m *Model, x []float32, piece int) (spans []Span) {
	t.Helper()
	d, err := m.NewDetector(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for part := range slices.Chunk(x, piece) {
		some, err := d.Write(context.Background(), part)
		if err != nil {
			t.Fatal(err)
		}
		spans = append(spans, some...)
	}
	rest, err := d.Flush(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return append(spans, rest...)
}

func TestDetectorFindsThePhrases(t *testing.T) {
	m, err := Open(device(t, ""), installed(t))
	if err != nil {
		t.Fatal(err)
	}
	x := samples(t, "testdata/speech.wav")
	whole := found(t, m, x, len(x))
	// generate.py: 0.7 s of silence, a phrase, 0.7 s, a phrase, 0.5 s
	if len(whole) != 2 {
		t.Fatalf("spans %v, want one for each phrase", whole)
	}
	silence := func(d time.Duration) int64 { return audio.Samples(d, audio.RateHz) }
	if whole[0].Start < silence(500*time.Millisecond) || whole[1].Start-whole[0].End < silence(400*time.Millisecond) ||
		int64(len(x))-whole[1].End < silence(200*time.Millisecond) {
		t.Errorf("spans %v of %d samples leave no silence around the phrases", whole, len(x))
	}
	for _, piece := range []int{1, 160, 511, 512, 513, 5000} {
		if got := found(t, m, x, piece); !slices.Equal(got, whole) {
			t.Errorf("in pieces of %d: %v, want %v", piece, got, whole)
		}
	}
}

func TestDetectorOfSilenceAndShortSounds(t *testing.T) {
	m, err := Open(device(t, ""), installed(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 511, 512, 16000} {
		if got := found(t, m, make([]float32, n), 512); got != nil {
			t.Errorf("%d zeros: %v", n, got)
		}
	}
}
