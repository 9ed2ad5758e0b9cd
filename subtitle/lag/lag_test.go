package lag_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/lag"
)

func at(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// event is an arrival: "s1 2 one two three" shows three words, of which two are stable; "s1 final ..." and "s1 retract".
func event(seconds float64, line string) lag.Arrival {
	f := strings.Fields(line)
	e := subtitle.Event{Type: subtitle.EventSegment, Segment: f[0], Text: strings.Join(f[2:], " ")}
	switch f[1] {
	case "final":
		e.Final, e.Stable = true, len(f)-2
	case "retract":
		e.Type = subtitle.EventRetract
	default:
		e.Stable = int(f[1][0] - '0')
	}
	return lag.Arrival{At: at(seconds), Event: e}
}

func spoken(line string, ends ...float64) []lag.Spoken {
	var all []lag.Spoken
	for i, text := range strings.Fields(line) {
		all = append(all, lag.Spoken{Text: text, End: at(ends[i])})
	}
	return all
}

func TestLagCountsFromTheEndOfTheWord(t *testing.T) {
	r := lag.Measure([]lag.Arrival{
		event(1.5, "s1 0 The cat"),
		event(2.0, "s1 1 The cap sat"),
		event(3.0, "s1 3 The cat sat,"),
		event(4.0, "s1 final The cat sat."),
	}, spoken("the cat sat", 0.5, 1, 1.5))
	for i, want := range [][2]float64{{1, 1.5}, {0.5, 2}, {0.5, 1.5}} {
		if r.Partial[i].Lag != at(want[0]) || r.Final[i].Lag != at(want[1]) {
			t.Errorf("word %d: partial %v, final %v, want %v s", i, r.Partial[i].Lag, r.Final[i].Lag, want)
		}
	}
	if r.Changed != 2 || r.Respelled != 2 || r.Matched != 3 {
		t.Errorf("changed %d, respelled %d, matched %d", r.Changed, r.Respelled, r.Matched)
	}
}

func TestChangesAreReplacedAndRemovedWords(t *testing.T) {
	for name, c := range map[string]struct {
		events                    []lag.Arrival
		changed, retracted, final int
	}{
		"appending is no change": {[]lag.Arrival{event(1, "s1 0 a"), event(2, "s1 0 a b"), event(3, "s1 final a b c")}, 0, 0, 3},
		"a replaced word":        {[]lag.Arrival{event(1, "s1 0 a b"), event(2, "s1 final a c")}, 1, 0, 2},
		"removed words":          {[]lag.Arrival{event(1, "s1 0 a b c"), event(2, "s1 final a")}, 2, 0, 1},
		"a retracted segment":    {[]lag.Arrival{event(1, "s1 0 a b"), event(2, "s1 retract")}, 2, 1, 0},
	} {
		r := lag.Measure(c.events, nil)
		if r.Changed != c.changed || r.Retracted != c.retracted || len(r.Text) != c.final {
			t.Errorf("%s: changed %d, retracted %d, %d words", name, r.Changed, r.Retracted, len(r.Text))
		}
	}
}

func TestFinalsThatChangeAreLost(t *testing.T) {
	r := lag.Measure([]lag.Arrival{event(1, "s1 final a b"), event(2, "s1 final a c"), event(3, "s2 final d"), event(4, "s2 retract")}, nil)
	if r.LostFinals != 2 {
		t.Errorf("%d lost, want b and d", r.LostFinals)
	}
}

func TestOnlyRunsOfAbsentWordsAreMissing(t *testing.T) {
	ends := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	r := lag.Measure([]lag.Arrival{event(9, "s1 final a c h")}, spoken("a b c d e f g h", ends...))
	if r.Missing != 4 {
		t.Errorf("%d words are missing, want d, e, f and g", r.Missing)
	}
}

func TestHyphenatedWordsMatchTheirParts(t *testing.T) {
	r := lag.Measure([]lag.Arrival{event(3, "s1 final forty-two lines")}, spoken("forty two lines", 0.5, 1, 2))
	if r.Matched != 2 || r.Final[0].Lag != at(2) {
		t.Errorf("%+v", r)
	}
}

func TestTrendComparesThirds(t *testing.T) {
	var points []lag.Point
	for i := range 9 {
		points = append(points, lag.Point{End: at(float64(i)), Lag: at(float64(i / 3))})
	}
	first, last := lag.Trend(points)
	if first != 0 || last != at(2) || lag.Quantile(points, 0.5) != at(1) || lag.Quantile(points, 0.99) != at(2) {
		t.Errorf("first %v, last %v", first, last)
	}
}
