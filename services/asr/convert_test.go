package asr

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/fault"
)

func TestTimesSurviveTheTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "ns"))
		if got := fromMS(toMS(d)); got != d {
			t.Errorf("%v became %v", d, got)
		}
	})
}

func FuzzUnpackSamples(f *testing.F) {
	f.Add(packSamples([]float32{0, 1, -1, 0.5}), 2)
	f.Add(packSamples([]float32{float32(math.NaN())}), 1)
	f.Add([]byte{1, 2, 3}, 1)
	f.Fuzz(func(t *testing.T, b []byte, channels int) {
		if channels < 1 || channels > 64 {
			return
		}
		samples, err := unpackSamples(b, channels)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
			return
		}
		if len(samples)%channels != 0 || !slices.Equal(packSamples(samples), b) {
			t.Errorf("%d bytes became %d samples", len(b), len(samples))
		}
	})
}
