package engine

import "slices"

// Thresholds of the language of a stream.
const (
	trust      = 0.25 // weight of a new window against what was believed
	sure       = 0.65 // belief that another language needs to take over inside a segment
	patience   = 2    // windows in a row that must agree with it
	atBoundary = 0.5  // belief that is enough between segments
)

// tongue follows the language of a stream with hysteresis: a single window does not change it, and inside a segment it
// changes only when the new language is clear for several windows.
type tongue struct {
	languages []string
	belief    []float64 // of each language; nil before the first window
	current   int
	rival     int
	windows   int // for which the rival has been clear
}

// hear takes the probabilities that a window gave; fresh says that a segment begins with it.
func (t *tongue) hear(p []float64, fresh bool) string {
	if t.belief == nil {
		t.belief = slices.Clone(p)
		t.current = slices.Index(p, slices.Max(p))
		return t.languages[t.current]
	}
	for i := range t.belief {
		t.belief[i] += trust * (p[i] - t.belief[i])
	}
	best := slices.Index(p, slices.Max(p))
	if best != t.rival {
		t.rival, t.windows = best, 0
	}
	switch {
	case best == t.current:
		t.windows = 0
	case fresh && p[best] > sure && t.belief[best] > atBoundary*t.belief[t.current]:
		t.switchTo(best, p)
	case p[best] >= sure:
		if t.windows++; t.windows > patience {
			t.switchTo(best, p)
		}
	default:
		t.windows = 0
	}
	return t.languages[t.current]
}

func (t *tongue) switchTo(i int, p []float64) {
	t.current, t.windows = i, 0
	copy(t.belief, p)
}

// now is the language of the stream; the only one where there is no choice, and none before the first window.
func (t *tongue) now() string {
	if len(t.languages) == 1 || t.belief != nil {
		return t.languages[t.current]
	}
	return ""
}
