package decode_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/fault"
)

func TestDraftChangesTheTimeOnly(t *testing.T) {
	m := &toy{rows: 6} // longer drafts take several steps
	d := start(t, m, 6, 0)
	rapid.Check(t, func(rt *rapid.T) {
		r := decode.Request{
			Prompt: rapid.SliceOfN(rapid.Int32Range(0, toyVocab-1), 1, 9).Draw(rt, "prompt"),
			Search: decode.Greedy{}, End: toyEnd, MaxNew: rapid.IntRange(1, 20).Draw(rt, "limit"),
			Rules: []decode.Rule{decode.NoRepeat(3)},
		}
		want, err := d.Decode(t.Context(), r)
		if err != nil {
			rt.Fatal(err)
		}
		right := rapid.IntRange(0, len(want.Tokens)).Draw(rt, "right")
		r.Draft = append(slices.Clone(want.Tokens[:right]), rapid.SliceOfN(rapid.Int32Range(0, toyVocab-1), 0, 12).Draw(rt, "rest")...)
		got, err := d.Decode(t.Context(), r)
		if err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(got.Tokens, want.Tokens) || got.Sum != want.Sum || got.Reason != want.Reason || !slices.Equal(got.LogProbs, want.LogProbs) {
			rt.Fatalf("with draft %v: %v, without: %v", r.Draft, got, want)
		}
		if free := d.Free(); free != 6 {
			rt.Fatalf("%d slots are free", free)
		}
	})
}

func TestGoodDraftSavesSteps(t *testing.T) {
	m := &toy{rows: 32}
	d := start(t, m, 32, 0)
	r := decode.Request{Prompt: []int32{7, 3}, Search: decode.Greedy{}, End: 99, MaxNew: 20}
	want, err := d.Decode(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	before := len(m.steps)
	r.Draft = want.Tokens
	if _, err := d.Decode(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if steps := len(m.steps) - before; steps != 1 {
		t.Errorf("%d steps for a draft that was right, %d without", steps, before)
	}
}

func TestDraftNeedsGreedySearch(t *testing.T) {
	d := start(t, &toy{rows: 8}, 8, 0)
	_, err := d.Decode(t.Context(), decode.Request{Prompt: []int32{1}, Draft: []int32{2}, Search: decode.Beam{Width: 2}, MaxNew: 4})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid", err)
	}
}
