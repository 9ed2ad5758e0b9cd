package engine

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/asr/vad"
	"github.com/dauys/dauys/audio"
)

// score turns "3s 10_ 2s" into probabilities: seconds of speech (s) and of pause (_).
func score(text string) []float32 {
	var probs []float32
	for _, part := range strings.Fields(text) {
		d, err := time.ParseDuration(part[:len(part)-1] + "s")
		if err != nil {
			panic(err)
		}
		p := float32(0.01)
		if part[len(part)-1] == 's' {
			p = 0.99
		}
		for range frames(d) {
			probs = append(probs, p)
		}
	}
	return probs
}

// plan feeds probabilities one by one, as a recording would come.
func plan(probs []float32) []span {
	var p planner
	var out []span
	total := int64(0)
	for i, v := range probs {
		p.push(v)
		total += vad.FrameSamples
		for {
			s, ok := p.next(total, i == len(probs)-1)
			if !ok {
				break
			}
			out = append(out, s)
		}
	}
	return out
}

func TestWindowsFollowSpeech(t *testing.T) {
	for _, c := range []struct {
		name, score string
		want        [][2]float64 // seconds
	}{
		{"silence yields no window", "60_", nil},
		{"short silence too", "5_", nil},
		{"a short recording is not cut", "2_ 3s 10_ 1s 2_", [][2]float64{{0, 18}}},
		{"a click is no speech", "40_ 0.04s 20_", nil},
		{"silence around speech is left out", "40_ 3s 40_", [][2]float64{{39.6, 43.4}}},
		{"a long window is cut at its longest late pause", "12s 1_ 10s 0.8_ 5s 0.2_ 10s", [][2]float64{{0, 23.4}, {23.4, 39}}},
		{"without a pause it is cut all the same", "70s", [][2]float64{{0, 29.98}, {29.98, 59.97}, {59.97, 70}}},
		{"a long pause ends a window", "10s 8_ 10s 8_ 4s", [][2]float64{{0, 10.4}, {17.6, 28.4}, {35.6, 40}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := plan(score(c.score))
			if len(got) != len(c.want) {
				t.Fatalf("got %v, want %v", inSeconds(got), c.want)
			}
			for i, s := range inSeconds(got) {
				if d := s[0] - c.want[i][0]; d > 0.15 || d < -0.15 {
					t.Errorf("window %d is %v, want %v", i, s, c.want[i])
				}
				if d := s[1] - c.want[i][1]; d > 0.15 || d < -0.15 {
					t.Errorf("window %d is %v, want %v", i, s, c.want[i])
				}
			}
		})
	}
}

func inSeconds(spans []span) [][2]float64 {
	var out [][2]float64
	for _, s := range spans {
		out = append(out, [2]float64{float64(s.from) / audio.RateHz, float64(s.to) / audio.RateHz})
	}
	return out
}

// Windows are in order, do not overlap, are never too long, and hold every clear stretch of speech.
func TestNoSpeechIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var probs []float32
		for range rapid.IntRange(1, 30).Draw(t, "parts") {
			v := rapid.SampledFrom([]float32{0.01, 0.3, 0.4, 0.6, 0.95}).Draw(t, "probability")
			for range rapid.IntRange(3, 400).Draw(t, "frames") {
				probs = append(probs, v)
			}
		}
		spans := plan(probs)
		end := int64(0)
		covered := make([]bool, len(probs))
		for _, s := range spans {
			if s.from < end || s.to <= s.from || s.to-s.from > samplesIn(windowLimit) || s.to > int64(len(probs))*vad.FrameSamples {
				t.Fatalf("window %v after %d of %d samples", s, end, len(probs)*vad.FrameSamples)
			}
			end = s.to
			for i := s.from / vad.FrameSamples; i < s.to/vad.FrameSamples; i++ {
				covered[i] = true
			}
		}
		for i, v := range probs {
			if v >= 0.9 && !covered[i] {
				t.Fatalf("speech in frame %d of %d is in no window", i, len(probs))
			}
		}
	})
}
