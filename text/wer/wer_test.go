package wer_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/text/wer"
)

func TestWordsAreComparedWithoutCaseAndPunctuation(t *testing.T) {
	for text, want := range map[string]string{
		`the Gutenberg, or "forty-two line Bible"`: "the gutenberg or forty two line bible",
		"Don’t   stop — it's fine...":              "dont stop its fine",
		"Ещё раз: Қазақстан!":                      "еще раз қазақстан",
		" ... ":                                    "",
	} {
		if got := strings.Join(wer.Words(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestErrorsAreCounted(t *testing.T) {
	for _, c := range []struct {
		said, heard string
		want        wer.Counts
	}{
		{"a b c d", "a b c d", wer.Counts{Words: 4}},
		{"a b c d", "a x c", wer.Counts{Words: 4, Substitutions: 1, Deletions: 1}},
		{"a b", "a b c", wer.Counts{Words: 2, Insertions: 1}},
		{"", "a", wer.Counts{Insertions: 1}},
		{"a", "", wer.Counts{Words: 1, Deletions: 1}},
	} {
		if got := wer.Count(strings.Fields(c.said), strings.Fields(c.heard)); got != c.want {
			t.Errorf("%q heard as %q: %+v, want %+v", c.said, c.heard, got, c.want)
		}
	}
}

func TestEveryWordIsPairedOnceAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 12)
		said, heard := words.Draw(t, "said"), words.Draw(t, "heard")
		var i, j []int
		for _, p := range wer.Align(said, heard) {
			if p.Said >= 0 {
				i = append(i, p.Said)
			}
			if p.Heard >= 0 {
				j = append(j, p.Heard)
			}
		}
		if len(i) != len(said) || len(j) != len(heard) || !slices.IsSorted(i) || !slices.IsSorted(j) {
			t.Fatalf("%v against %v: %v %v", said, heard, i, j)
		}
		a, b := wer.Count(said, heard).Errors(), wer.Count(heard, said).Errors()
		if a != b || a < max(len(said), len(heard))-min(len(said), len(heard)) {
			t.Fatalf("%d errors there, %d back", a, b)
		}
	})
}
