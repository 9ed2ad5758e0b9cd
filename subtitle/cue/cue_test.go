package cue

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dauys/dauys/subtitle"
)

// say makes a segment of text at 2.5 words a second.
func say(at time.Duration, text string) Segment {
	s := Segment{Start: at, Text: text}
	for w := range strings.FieldsSeq(text) {
		s.Words = append(s.Words, subtitle.Word{Text: w, Start: at, End: at + 350*time.Millisecond})
		at += 400 * time.Millisecond
	}
	s.End = at
	return s
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string // cues, their lines parted by |
	}{
		{"short sentence is one line", "We are here today.", []string{"We are here today."}},
		{
			"two lines break at the clause", "When the rain began to fall, nobody was left on the road.",
			[]string{"When the rain began to fall,|nobody was left on the road."},
		},
		{
			"lines break before a conjunction", "The old bridges across the river and all the roads were closed.",
			[]string{"The old bridges across the river|and all the roads were closed."},
		},
		{
			"a name stays on one line", "The letter was written long ago by the poet Абай Құнанбайұлы himself.",
			[]string{"The letter was written long ago|by the poet Абай Құнанбайұлы himself."},
		},
		{
			"a number stays on one line", "The new railway line to the border will cost about 25 млн теңге this year.",
			[]string{"The new railway line to the border will|cost about 25 млн теңге this year."},
		},
		{
			"long speech becomes several cues",
			"We came to the river in the evening, when the light was already gone, and the ferry had left for the other side without us, so we stayed.",
			[]string{
				"We came to the river in the evening,|when the light was already gone,",
				"and the ferry had left for the other side|without us, so we stayed.",
			},
		},
		{"a word longer than a line is cut", strings.Repeat("x", 50), []string{strings.Repeat("x", 42) + "|" + strings.Repeat("x", 8)}},
		{"nothing gives nothing", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, cue := range Cut([]Segment{say(0, c.text)}, Options{}) {
				got = append(got, strings.Join(cue.Lines, "|"))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPauseParts(t *testing.T) {
	got := Cut([]Segment{say(0, "Yes."), say(5*time.Second, "No.")}, Options{})
	if len(got) != 2 || got[0].End != 5*time.Second/6 || got[1].Start != 5*time.Second {
		t.Errorf("%+v", got)
	}
}

func TestShortSentencesShareACue(t *testing.T) {
	got := Cut([]Segment{say(0, "Yes."), say(400*time.Millisecond, "It is so.")}, Options{})
	if len(got) != 1 || got[0].Text() != "Yes. It is so." {
		t.Errorf("%+v", got)
	}
}

func TestTranslationWithoutWordTimesIsSpread(t *testing.T) {
	got := Cut([]Segment{{Start: time.Second, End: 9 * time.Second, Text: strings.Repeat("слово слово, ", 12)}}, Options{})
	if len(got) < 2 || got[0].Start != time.Second || got[1].Start <= 3*time.Second {
		t.Errorf("%+v", got)
	}
}

func TestFromEventsTakesTheNewestFinal(t *testing.T) {
	seg := func(id, language string, final bool, text string) subtitle.Event {
		return subtitle.Event{Type: subtitle.EventSegment, Segment: id, Language: language, SourceLanguage: "kk", Final: final, Text: text}
	}
	events := []subtitle.Event{
		seg("s1", "kk", false, "a"), seg("s1", "kk", true, "a b"), seg("s1", "ru", true, "а б"), seg("s2", "kk", true, "c"),
		seg("s1", "kk", true, "A b."), seg("s3", "kk", false, "grey"),
		{Type: subtitle.EventRetract, Segment: "s2", Language: "kk"},
		{Type: subtitle.EventEnd},
	}
	for language, want := range map[string]string{"": "A b.,", "kk": "A b.,", "ru": "а б", "en": ""} {
		var got []string
		for _, s := range FromEvents(events, language) {
			got = append(got, s.Text)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%q: %q, want %q", language, got, want)
		}
	}
}

func TestEveryCutKeepsTheRules(t *testing.T) {
	vocabulary := []string{"one", "two", "үш,", "four", "five.", "Six", "7", "000", "и", "the", "Абай", "Құнанбайұлы", "internationalisation", "—", "a?b", "e\u0301"}
	rapid.Check(t, func(t *rapid.T) {
		var segments []Segment
		var want []string
		at := time.Duration(0)
		for range rapid.IntRange(0, 12).Draw(t, "segments") {
			s := Segment{Start: at}
			for range rapid.IntRange(1, 25).Draw(t, "words") {
				text := rapid.SampledFrom(vocabulary).Draw(t, "word")
				at += time.Duration(rapid.IntRange(0, 300).Draw(t, "gap")) * time.Millisecond
				end := at + time.Duration(rapid.IntRange(0, 700).Draw(t, "length"))*time.Millisecond
				s.Words = append(s.Words, subtitle.Word{Text: text, Start: at, End: end})
				want = append(want, text)
				at = end
			}
			s.End = at
			segments = append(segments, s)
			at += time.Duration(rapid.IntRange(0, 4000).Draw(t, "pause")) * time.Millisecond
		}
		o := Options{Width: rapid.IntRange(20, 42).Draw(t, "width"), Lines: rapid.IntRange(1, 3).Draw(t, "lines")}
		cues := Cut(segments, o)
		if err := broken(cues, o, want); err != nil {
			t.Fatal(err)
		}
	})
}

// broken names the rule that cues break.
func broken(cues []Cue, o Options, words []string) error {
	o = o.withDefaults()
	var got []string
	for i, c := range cues {
		got = append(got, strings.Fields(c.Text())...)
		if len(c.Lines) == 0 || len(c.Lines) > o.Lines {
			return fmt.Errorf("cue %d has %d lines", i, len(c.Lines))
		}
		for _, l := range c.Lines {
			if utf8.RuneCountInString(l) > o.Width || l != strings.TrimSpace(l) || l == "" {
				return fmt.Errorf("line %q in a width of %d", l, o.Width)
			}
		}
		if c.End <= c.Start || c.End-c.Start > o.Most+time.Millisecond {
			return fmt.Errorf("cue %d lasts from %v to %v", i, c.Start, c.End)
		}
		if i+1 == len(cues) {
			continue
		}
		if next := cues[i+1]; next.Start < c.End || c.End-c.Start < o.Least && next.Start > c.End {
			return fmt.Errorf("cue %d ends at %v, the next begins at %v", i, c.End, next.Start)
		}
	}
	if strings.Join(got, " ") != strings.Join(words, " ") {
		return fmt.Errorf("words became %q", got)
	}
	return nil
}

func BenchmarkCutHour(b *testing.B) {
	var segments []Segment
	for at := time.Duration(0); at < time.Hour; at += 6 * time.Second {
		segments = append(segments, say(at, "We came to the river in the evening, when the light was gone."))
	}
	for b.Loop() {
		Cut(segments, Options{})
	}
}
