package whisper

import (
	"math"
	"strings"
	"testing"
)

func timed(texts ...string) []TimedWord {
	words := make([]TimedWord, len(texts))
	for i, s := range texts {
		words[i] = TimedWord{Text: s, Tokens: []int32{int32(i)}, Start: float64(i), End: float64(i + 1)}
	}
	return words
}

func TestPunctuationJoinsItsWord(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"closing signs join the word before", " one|,| two|.", " one,| two."},
		{"opening signs join the word after", ` he| said| "|Yes|.|"`, ` he| said| "Yes."`},
		{"a hyphen inside a word stays", " well| -|known", " well| -known"},
		{"signs alone stay", "...", "..."},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var in []TimedWord
			if c.in != "" {
				in = timed(strings.Split(c.in, "|")...)
			}
			var got []string
			tokens := 0
			for _, w := range mergePunctuation(in) {
				got = append(got, w.Text)
				tokens += len(w.Tokens)
			}
			if strings.Join(got, "|") != c.want {
				t.Fatalf("got %q, want %q", strings.Join(got, "|"), c.want)
			}
			if tokens != len(in) {
				t.Fatalf("%d of %d tokens kept", tokens, len(in))
			}
		})
	}
}

func TestPauseAfterASentenceIsNoWord(t *testing.T) {
	words := []TimedWord{
		{Text: " a", Start: 0, End: 0.3},
		{Text: " b", Start: 0.3, End: 0.6},
		{Text: ".", Start: 0.6, End: 3},
		{Text: " c", Start: 3, End: 5},
		{Text: " d", Start: 5, End: 5.3},
	}
	shortenAtSentences(words)
	if w := words[2]; math.Abs(w.End-1.2) > 1e-9 {
		t.Errorf("the full stop ends at %v, want 1.2", w.End)
	}
	if w := words[3]; math.Abs(w.Start-4.4) > 1e-9 {
		t.Errorf("the next word begins at %v, want 4.4", w.Start)
	}
}
