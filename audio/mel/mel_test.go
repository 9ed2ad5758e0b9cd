package mel

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/npy"
	"github.com/dauys/dauys/internal/shared"
)

// bound is what the reference itself is worth: float32 sums over a power spectrum, then a logarithm.
const bound = 1e-4

func extractor(t testing.TB, bins int) *Extractor {
	t.Helper()
	e, err := New(bins)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func speech(t testing.TB, name string) []float32 {
	t.Helper()
	f, err := os.Open(shared.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := wav.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	src, err := mono16k.New(w)
	if err != nil {
		t.Fatal(err)
	}
	samples := make([]float32, src.(audio.Sized).Frames())
	for at := 0; at < len(samples); {
		n, err := src.Read(samples[at:])
		if err != nil {
			t.Fatal(err)
		}
		at += n
	}
	return samples
}

// sound is the one of testdata/gen.py.
func sound(n int) []float32 {
	out, state := make([]float32, n), uint32(1)
	for i := range out {
		t := float64(i) / 16000
		state = state*1664525 + 1013904223
		noise := float64(state>>8)/(1<<24) - 0.5
		out[i] = float32(0.3*math.Sin(2*math.Pi*(200+3000*t)*t) + 0.01*noise)
		if i > n/2 {
			out[i] += float32(0.2 * math.Sin(2*math.Pi*5000*t))
		}
	}
	return out
}

func compare(t *testing.T, got []float32, golden *npy.Array) {
	t.Helper()
	if len(got) != len(golden.Data) {
		t.Fatalf("%d values, want shape %v", len(got), golden.Shape)
	}
	worst, at := 0.0, 0
	for i, v := range got {
		if d := math.Abs(float64(v - golden.Data[i])); d > worst || math.IsNaN(d) {
			worst, at = d, i
		}
	}
	t.Logf("largest difference %.2g", worst)
	if !(worst <= bound) {
		t.Errorf("bin %d, frame %d is off by %g", at/golden.Shape[1], at%golden.Shape[1], worst)
	}
}

func TestRealSpeechWithPaddedAudioEqualsTheReference(t *testing.T) {
	for golden, file := range map[string]string{"mel_jfk": "data/speech/en/jfk.wav", "mel_ru": "data/speech/ru/test_sound_ru.wav"} {
		t.Run(golden, func(t *testing.T) {
			want, err := npy.ReadFile(shared.Path(t, "data/golden/"+golden+".npy"))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, extractor(t, 80).PadAudio(speech(t, file), 3000), want)
		})
	}
}

func TestPaddedMelEqualsTheReference(t *testing.T) {
	for _, bins := range []int{80, 128} {
		for _, n := range []int{16000, 1234, 150} {
			t.Run(fmt.Sprint(bins, " bins, ", n, " samples"), func(t *testing.T) {
				want, err := npy.ReadFile(filepath.Join("testdata", fmt.Sprintf("padmel.%d.%d.npy", bins, n)))
				if err != nil {
					t.Fatal(err)
				}
				compare(t, extractor(t, bins).PadMel(sound(n), 110), want)
			})
		}
	}
}

func TestFiltersAreThoseOfTheReference(t *testing.T) {
	for _, bins := range []int{80, 128} {
		want, err := npy.ReadArchive(shared.Path(t, "data/tokenizers/whisper/mel_filters.npz"), fmt.Sprint("mel_", bins))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float32, bins*spectrumBins)
		for b, f := range filters(bins) {
			for k, w := range f.weights {
				got[b*spectrumBins+f.first+k] = float32(w)
			}
		}
		for i, v := range got {
			if d := math.Abs(float64(v - want.Data[i])); d > 1e-8 { // the stored weights are float32 below 0.03
				t.Fatalf("%d bins: filter %d, bin %d is %g, want %g", bins, i/spectrumBins, i%spectrumBins, v, want.Data[i])
			}
		}
	}
}

func TestStreamEqualsBatchToTheBit(t *testing.T) {
	e := extractor(t, 80)
	rapid.Check(t, func(t *rapid.T) {
		x := sound(rapid.IntRange(0, 3000).Draw(t, "length"))
		batch := e.Raw(nil, x)
		if len(batch) != len(x)/HopSamples*80 {
			t.Fatalf("%d samples give %d values", len(x), len(batch))
		}
		s := e.NewStream()
		var got []float32
		for rest := x; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			got, rest = s.Append(got, rest[:n]), rest[n:]
		}
		if got = s.Flush(got); !slices.Equal(got, batch) || s.Peak() != Peak(batch) {
			t.Fatal("stream and batch differ")
		}
	})
}

func TestSilenceAndTheSmallestSoundsHaveNoStrangeValues(t *testing.T) {
	e := extractor(t, 80)
	for _, n := range []int{0, 1, 2, 159, 160, 161, 200, 201, 400} {
		for _, window := range [][]float32{e.PadAudio(make([]float32, n), 20), e.PadMel(make([]float32, n), 20), e.PadMel(sound(n), 20)} {
			for i, v := range window {
				if v-v != 0 || v < -1.5 || v > 1.6 {
					t.Fatalf("%d samples: value %d is %v", n, i, v)
				}
			}
		}
	}
}

func TestSoundBeyondTheWindowIsLeftOut(t *testing.T) {
	e := extractor(t, 80)
	if got := len(e.PadMel(sound(5000), 10)); got != 800 {
		t.Errorf("%d values", got)
	}
	if got := len(e.PadAudio(sound(5000), 10)); got != 800 {
		t.Errorf("%d values", got)
	}
}

func TestOnlyTheModelsBinsAreOffered(t *testing.T) {
	if _, err := New(40); fault.KindOf(err) != fault.Unsupported {
		t.Errorf("40 bins: %v", err)
	}
}

func TestStreamDoesNotAllocatePerBlock(t *testing.T) {
	s := extractor(t, 128).NewStream()
	x, dst := sound(1600), make([]float32, 0, 20*128)
	if n := testing.AllocsPerRun(50, func() { dst = s.Append(dst[:0], x) }); n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}

func BenchmarkRaw(b *testing.B) {
	for _, bins := range []int{80, 128} {
		b.Run(fmt.Sprint(bins), func(b *testing.B) {
			s := extractor(b, bins).NewStream()
			x, dst := sound(16000), make([]float32, 0, 101*bins)
			for b.Loop() {
				dst = s.Append(dst[:0], x)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "x-realtime")
		})
	}
}
