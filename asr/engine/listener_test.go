package engine

import (
	"testing"

	"github.com/dauys/dauys/asr/whisper"
)

func TestEchoHasNoSoundOfItsOwn(t *testing.T) {
	said := []whisper.TimedWord{{Start: 0, End: 0.5}, {Start: 0.5, End: 0.9}, {Start: 0.9, End: 1.2}, {Start: 1.2, End: 1.9}}
	at := func(ends ...float64) []whisper.TimedWord {
		words, start := append([]whisper.TimedWord(nil), said...), 1.9
		for _, end := range ends {
			words = append(words, whisper.TimedWord{Start: start, End: end})
			start = end
		}
		return words
	}
	for _, c := range []struct {
		name  string
		words []whisper.TimedWord
		want  int
	}{
		{"nothing", nil, 0},
		{"what was said stays", said, 4},
		{"a phrase in no time goes", at(1.9, 1.9, 1.9, 1.9, 2.02), 4},
		{"a last short word stays", at(1.92), 5},
		{"two stay", at(1.92, 1.94), 6},
		{"words at a usual pace stay", at(2.1, 2.3, 2.5), 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := len(withoutEcho(c.words)); got != c.want {
				t.Fatalf("%d words stay, want %d", got, c.want)
			}
		})
	}
}
