package mix_test

import (
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/bench/mix"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
)

func build(t *testing.T, c mix.Config) *mix.Recording {
	t.Helper()
	r, err := mix.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecordingIsTheSameEveryTime(t *testing.T) {
	a, b := build(t, mix.Config{}), build(t, mix.Config{})
	if !slices.Equal(a.Samples, b.Samples) || !slices.Equal(a.Clips, b.Clips) {
		t.Error("two recordings of the same configuration differ")
	}
}

func TestRecordingRepeatsItsClipsUntilItIsLongEnough(t *testing.T) {
	r := build(t, mix.Config{Least: 2 * time.Minute})
	if r.Duration() < 2*time.Minute || r.Rounds < 2 || len(r.Clips) < 2 {
		t.Errorf("%v in %d rounds, %d clips", r.Duration(), r.Rounds, len(r.Clips))
	}
}

func TestShortRecordingHasTheFirstClipsOnly(t *testing.T) {
	data := shared.Path(t, "data")
	whole, short := build(t, mix.Config{Data: data}), build(t, mix.Config{Data: data, Least: 30 * time.Second})
	n := len(short.Clips)
	if short.Duration() > time.Minute || n == 0 || n >= len(whole.Clips) || short.Clips[n-1] != whole.Clips[n-1] {
		t.Errorf("%v, %d of %d clips", short.Duration(), n, len(whole.Clips))
	}
}

func TestClipsLieWhereTheManifestSays(t *testing.T) {
	r := build(t, mix.Config{Data: shared.Path(t, "data"), Least: 3 * time.Minute})
	if r.Duration() > 5*time.Minute {
		t.Errorf("the recording lasts %v, want 3 to 5 minutes", r.Duration())
	}
	at := time.Duration(0)
	for _, c := range r.Clips {
		if gap := c.Start - at; gap < 499*time.Millisecond || gap > 1501*time.Millisecond {
			t.Errorf("%s: %v of noise before it", c.Name, gap)
		}
		if room := level(r.Sound(at, c.Start)); room < -66 || room > -54 {
			t.Errorf("%s: the noise before it has %.0f dBFS", c.Name, room)
		}
		if speech := level(r.Sound(c.Start, c.End)); speech < -40 {
			t.Errorf("%s: %.0f dBFS where speech should be", c.Name, speech)
		}
		at = c.End
	}
	languages := map[string]bool{}
	for _, c := range r.Clips {
		languages[c.Language] = true
	}
	if !languages["en"] || !languages["ru"] {
		t.Errorf("languages %v", languages)
	}
}

// level is the root mean square in dBFS.
func level(samples []float32) float64 {
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(len(samples)))
}

func TestFolderWithoutClipsIsNamed(t *testing.T) {
	_, err := mix.New(t.Context(), mix.Config{Data: t.TempDir()})
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("%v, want not found", err)
	}
}

func TestWAVHoldsTheRecording(t *testing.T) {
	r := build(t, mix.Config{})
	path, err := r.WriteWAV(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := wav.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if w.Frames() != int64(len(r.Samples)) {
		t.Errorf("the file holds %d samples, the recording %d", w.Frames(), len(r.Samples))
	}
}
