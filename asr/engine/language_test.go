package engine

import (
	"strings"
	"testing"
)

// Each letter is a window: K, R or E is what it sounds like (0.8), a small letter what it may be (0.5), | a new segment.
func TestLanguageChangesSlowly(t *testing.T) {
	for _, c := range []struct{ name, windows, want string }{
		{"the first window decides", "R", "r"},
		{"one odd window changes nothing", "RRRKRR", "rrrrrr"},
		{"doubt changes nothing", "RRRkkkkkk", "rrrrrrrrr"},
		{"a clear change takes three windows", "RRRKKKK", "rrrrrkk"},
		{"two rivals do not add up", "RRKEKEKE", "rrrrrrrr"},
		{"between segments one clear window is not enough against a firm belief", "RRR|KR", "rrrrr"},
		{"between segments two are", "RRRK|KK", "rrrrkk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tg := tongue{languages: []string{"k", "r", "e"}}
			var got strings.Builder
			fresh := false
			for _, w := range c.windows {
				if w == '|' {
					fresh = true
					continue
				}
				p := []float64{0.1, 0.1, 0.1}
				i := strings.IndexRune("KRE", w)
				p[max(i, strings.IndexRune("kre", w))] = 0.8
				if i < 0 {
					p = []float64{0.25, 0.25, 0.25}
					p[strings.IndexRune("kre", w)] = 0.5
				}
				got.WriteString(tg.hear(p, fresh))
				fresh = false
			}
			if got.String() != c.want {
				t.Fatalf("got %s, want %s", got.String(), c.want)
			}
		})
	}
}
