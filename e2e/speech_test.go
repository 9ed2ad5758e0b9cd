package e2e

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/decode"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/demo"
)

// speech gives the first seconds of the demonstration at 16 kHz, all with 0.
func speech(t *testing.T, seconds float64) []float32 {
	t.Helper()
	src, err := decode.Seeker(t.Context(), bytes.NewReader(demo.Recording), "demo.ogg")
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	mono, err := mono16k.New(src)
	if err != nil {
		t.Fatal(err)
	}
	samples := read(t, mono)
	if seconds > 0 {
		samples = samples[:int(seconds*audio.RateHz)]
	}
	return samples
}

func read(t *testing.T, src audio.Source) []float32 {
	t.Helper()
	var samples []float32
	for chunk := make([]float32, 1<<14); ; {
		n, err := src.Read(chunk)
		samples = append(samples, chunk[:n]...)
		if errors.Is(err, io.EOF) {
			return samples
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// s16 is pcm_s16le.
func s16(samples []float32) []byte {
	out := make([]byte, 0, 2*len(samples))
	for _, x := range samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(math.Round(float64(x)*32767))))
	}
	return out
}

// spokenWords is how many of the demonstration's words are in text, and how many it has.
func spokenWords(text string) (found, all int) {
	have := map[string]int{}
	for _, w := range words(text) {
		have[w]++
	}
	for _, w := range words(demo.Text) {
		all++
		if have[w] > 0 {
			have[w]--
			found++
		}
	}
	return found, all
}

// words are lower case, without punctuation.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
}
