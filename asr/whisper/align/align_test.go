package align

import (
	"slices"
	"testing"
)

func TestMedianIsMirroredAtTheEnds(t *testing.T) {
	// scipy.ndimage.median_filter([5, 1, 4, 2, 9, 3], size=3, mode="mirror") of scipy 1.17
	got := make([]float64, 6)
	median(got, []float64{5, 1, 4, 2, 9, 3}, 3)
	if want := []float64{1, 4, 2, 4, 3, 9}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	short := make([]float64, 2)
	median(short, []float64{7, 8}, 7)
	if !slices.Equal(short, []float64{7, 8}) {
		t.Fatalf("a row shorter than the filter became %v", short)
	}
}

func TestPathEntersEachTokenWhereItsAttentionIs(t *testing.T) {
	m := []float64{
		9, 9, -1, -1, -1, -1,
		-1, -1, 9, -1, -1, -1,
		-1, -1, -1, 9, 9, 9,
	}
	if got := jumps(m, 3, 6); !slices.Equal(got, []int{0, 2, 3, 5}) {
		t.Fatalf("got %v", got)
	}
}

func TestTokensComeInOrderAndInside(t *testing.T) {
	const tokens, positions = 12, 40
	heads := make([]Weights, 2)
	for h := range heads {
		heads[h] = Weights{Values: make([]float32, tokens*50), Stride: 50}
		for i := range heads[h].Values {
			heads[h].Values[i] = 0.01
		}
		for token := range tokens {
			heads[h].Values[token*50+token*3+h] = 1
			heads[h].Values[token*50+token*3+1] = 1
			heads[h].Values[token*50+token*3+2] = 1
			heads[h].Values[token*50+token*3+3] = 1
			heads[h].Values[token*50+45] = 100 // behind the audio: must not count
		}
	}
	got := Positions(heads, tokens, positions, 2, 11)
	if len(got) != 10 || !slices.IsSorted(got) || got[0] < 0 || got[9] != positions-1 {
		t.Fatalf("got %v", got)
	}
	for i, at := range got[1:9] {
		if want := (i + 3) * 3; at < want-3 || at > want+3 {
			t.Errorf("token %d begins at %d, its attention at %d", i+3, at, want)
		}
	}
}
