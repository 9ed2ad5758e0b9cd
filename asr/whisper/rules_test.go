package whisper

import (
	"math"
	"testing"

	token "github.com/dauys/dauys/text/token/whisper"
)

// The vocabulary of these tests: text 0-3, end 4, start 5, no timestamps 6, then timestamps from 7.
var small = token.Special{EndOfText: 4, StartOfTranscript: 5, NoTimestamps: 6, FirstTimestamp: 7}

const smallVocabulary = 7 + token.Timestamps

// allowed applies the rule to logits and gives the first and last possible token of each kind, -1 for none.
func allowed(generated []int32, logits []float32) (text, end bool, first, last int) {
	Timestamps{small}.Apply(generated, logits)
	first, last = -1, -1
	for i, v := range logits {
		if math.IsInf(float64(v), -1) {
			continue
		}
		switch {
		case i < 4:
			text = true
		case i == 4:
			end = true
		case i >= 7:
			if first < 0 {
				first = i - 7
			}
			last = i - 7
		}
	}
	return text, end, first, last
}

func TestTimestampRules(t *testing.T) {
	ts := func(i int32) int32 { return 7 + i }
	for _, c := range []struct {
		name        string
		generated   []int32
		text, end   bool
		first, last int
	}{
		{"a text begins with a time of at most 1 s", nil, false, false, 0, 50},
		{"text follows the first time", []int32{ts(3)}, true, true, -1, -1},
		{"after text come text, the end or later times", []int32{ts(3), 1}, true, true, 4, 1500},
		{"after a closing time come an equal or later time or the end", []int32{ts(3), 1, ts(9)}, false, true, 9, 1500},
		{"after a pair comes text", []int32{ts(3), 1, ts(9), ts(9)}, true, true, -1, -1},
		{"times never decrease", []int32{ts(3), 1, ts(9), ts(20), 2}, true, true, 21, 1500},
		{"nothing is later than the last time", []int32{ts(3), 1, ts(1500), ts(1500), 1}, true, true, -1, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			logits := make([]float32, smallVocabulary)
			for i := range 7 {
				logits[i] = 20 // text is likelier than all times together
			}
			text, end, first, last := allowed(c.generated, logits)
			if text != c.text || end != c.end || first != c.first || last != c.last {
				t.Fatalf("text %v end %v times %d..%d, want %v %v %d..%d", text, end, first, last, c.text, c.end, c.first, c.last)
			}
		})
	}
}

func TestTimeIsForcedWhenLikelierThanAnyText(t *testing.T) {
	logits := make([]float32, smallVocabulary)
	logits[2] = 5 // log of 1480 times is 7.3
	if text, end, first, _ := allowed([]int32{7, 1}, logits); text || end || first != 1 {
		t.Fatalf("text %v, end %v, first time %d: want times only", text, end, first)
	}
	logits = make([]float32, smallVocabulary)
	logits[2] = 8
	if text, _, _, _ := allowed([]int32{7, 1}, logits); !text {
		t.Fatal("text was forbidden although it is likelier")
	}
}
