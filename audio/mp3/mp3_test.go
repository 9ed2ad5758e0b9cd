package mp3

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readAll(t testing.TB, r audio.Source) (samples []float32) {
	t.Helper()
	p := make([]float32, 1000)
	for {
		n, err := r.Read(p)
		samples = append(samples, p[:n]...)
		if errors.Is(err, io.EOF) {
			return samples
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The tone would be 25 dB away from itself one sample late at 48 kHz, so the level of what is left tells that the delay is taken off.
func TestToneStartsAndEndsWhereItDidBeforeCoding(t *testing.T) {
	for _, c := range []struct {
		file   string
		format audio.Format
	}{
		{"tone.44100.mp3", audio.Format{RateHz: 44100, Channels: 1}},
		{"tone.24000.stereo.mp3", audio.Format{RateHz: 24000, Channels: 2}},
	} {
		r, err := NewReader(bytes.NewReader(read(t, c.file)))
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, r)
		if r.Format() != c.format || len(got) != c.format.RateHz*c.format.Channels || r.Frames() != int64(c.format.RateHz) {
			t.Fatalf("%s: %v, %d samples, %d promised", c.file, r.Format(), len(got), r.Frames())
		}
		at := func(i int) (heard, tone float64) {
			return float64(got[i*c.format.Channels]), math.Sin(2 * math.Pi * 440 * float64(i) / float64(c.format.RateHz))
		}
		from, to := c.format.RateHz/10, c.format.RateHz*9/10
		product, power, noise := 0.0, 0.0, 0.0
		for i := from; i < to; i++ {
			heard, tone := at(i)
			product, power = product+heard*tone, power+tone*tone
		}
		gain := product / power // LAME turns the level down a little, and ffmpeg pans one channel to two with 1/sqrt(2)
		for i := from; i < to; i++ {
			heard, tone := at(i)
			noise += (heard - gain*tone) * (heard - gain*tone)
		}
		if gain < 0.3 || gain > 0.51 {
			t.Errorf("%s: level %.3f", c.file, gain)
		}
		if db := 10 * math.Log10(gain*gain*power/noise); db < 35 {
			t.Errorf("%s: the tone is only %.1f dB above the rest", c.file, db)
		}
	}
}

func TestFileWithoutATagIsReadWhole(t *testing.T) {
	r, err := NewReader(bytes.NewReader(read(t, "tone.48000.notag.mp3")))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(readAll(t, r)); n < 48000 || n > 48000+4*1152 || r.Frames() != 0 {
		t.Errorf("%d samples, %d promised", n, r.Frames())
	}
}

func TestRealSpeechLinesUpWithItsOriginal(t *testing.T) {
	f, err := os.Open(shared.Path(t, "data/speech/en/jfk.mp3"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := os.Open(shared.Path(t, "data/speech/en/jfk.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	coded, err := NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	original, err := wav.NewReader(g)
	if err != nil {
		t.Fatal(err)
	}
	a, b := readAll(t, coded), readAll(t, original)
	best, at := 0.0, 0
	for lag := -600; lag <= 600; lag++ {
		sum := 0.0
		for i := 16000; i < 80000; i++ {
			sum += float64(a[i]) * float64(b[i+lag])
		}
		if sum > best {
			best, at = sum, lag
		}
	}
	if at != 0 {
		t.Errorf("the sound lies %d samples beside its original", at)
	}
}

func TestCutOffFileGivesWhatItHasAndThenAnError(t *testing.T) {
	b, err := os.ReadFile(shared.Path(t, "data/speech/en/jfk.mp3"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(b[:len(b)/2]))
	if err != nil {
		t.Fatal(err)
	}
	p, total := make([]float32, 1000), 0
	for err == nil {
		n := 0
		n, err = r.Read(p)
		total += n
	}
	if total < 4*16000 || fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("%d samples, %v", total, err)
	}
}

func TestWhatCannotBeReadSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		kind           fault.Kind
	}{
		{"nothing", "", "no MP3 sound", fault.Corrupt},
		{"text", "hello, this is text", "no MP3 sound", fault.Corrupt},
		{"only tags", "ID3\x04\x00\x00\x00\x00\x10\x00", "inside its tags", fault.Corrupt},
		{"MPEG 2.5", string(read(t, "tone.11025.mp3")), "11025 Hz", fault.Unsupported},
	} {
		if _, err := NewReader(strings.NewReader(c.in)); fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(read(f, "tone.44100.mp3")[:2000])
	f.Add(read(f, "tone.24000.stereo.mp3")[:2000])
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
