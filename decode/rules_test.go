package decode_test

import (
	"math"
	"testing"

	"github.com/dauys/dauys/decode"
)

func TestRulesChangeLogits(t *testing.T) {
	inf := float32(math.Inf(-1))
	for _, c := range []struct {
		name      string
		rule      decode.Rule
		generated []int32
		want      [4]float32
	}{
		{"suppressed tokens are impossible", decode.Suppress{1, 3, 99}, nil, [4]float32{1, inf, 3, inf}},
		{"suppressed at the beginning", decode.SuppressFirst{2}, nil, [4]float32{1, 2, inf, 4}},
		{"allowed later", decode.SuppressFirst{2}, []int32{0}, [4]float32{1, 2, 3, 4}},
		{"only these", decode.Only{2, 0}, nil, [4]float32{1, inf, 3, inf}},
		{"a phrase may begin", decode.Prefer{Phrases: [][]int32{{1, 2}}, Start: 1, Inside: 4}, []int32{0}, [4]float32{1, 3, 3, 4}},
		{"a phrase goes on", decode.Prefer{Phrases: [][]int32{{1, 2}}, Start: 1, Inside: 4}, []int32{0, 1}, [4]float32{1, 3, 7, 4}},
		{"two phrases share a token", decode.Prefer{Phrases: [][]int32{{1}, {1, 2}}, Start: 1}, nil, [4]float32{1, 3, 3, 4}},
		{"no pair comes twice", decode.NoRepeat(2), []int32{0, 1, 0}, [4]float32{1, inf, 3, 4}},
		{"no token comes twice", decode.NoRepeat(1), []int32{0, 2}, [4]float32{inf, 2, inf, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := [4]float32{1, 2, 3, 4}
			c.rule.Apply(c.generated, got[:])
			if got != c.want {
				t.Fatalf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLoopGuardFindsRepeatedRuns(t *testing.T) {
	g := decode.LoopGuard{MaxPeriod: 4, Repeats: 3, MinTokens: 6}
	for _, c := range []struct {
		name   string
		tokens []int32
		keep   int
		found  bool
	}{
		{"nothing", nil, 0, false},
		{"words", []int32{1, 2, 3, 4, 5, 6, 7}, 0, false},
		{"one token again and again", []int32{9, 1, 1, 1, 1, 1, 1}, 2, true},
		{"too few", []int32{9, 8, 1, 1, 1, 1, 1}, 0, false},
		{"a pair three times", []int32{9, 1, 2, 1, 2, 1, 2}, 3, true},
		{"broken off in the middle", []int32{9, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1}, 4, true},
		{"a run longer than looked for", []int32{1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if keep, found := g.Find(c.tokens); keep != c.keep || found != c.found {
				t.Fatalf("got %d %v, want %d %v", keep, found, c.keep, c.found)
			}
		})
	}
	if _, found := (decode.LoopGuard{}).Find([]int32{1, 1, 1, 1, 1, 1}); found {
		t.Fatal("the zero guard found a loop")
	}
}
