package tensor

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSpansThatLiveTogetherDoNotOverlap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		spans := make([]*span, 1+r.IntN(40))
		total := 0
		for i := range spans {
			first := r.IntN(30)
			spans[i] = &span{bytes: r.IntN(5000), first: first, last: first + r.IntN(8)}
			total += spans[i].bytes + line
		}
		size := fit(spans)
		if size > total+line {
			t.Fatalf("arena of %d bytes for %d bytes of spans", size, total)
		}
		for i, a := range spans {
			if a.at%line != 0 || a.at+a.bytes > size {
				t.Fatalf("span at %d of %d bytes in an arena of %d", a.at, a.bytes, size)
			}
			for _, b := range spans[:i] {
				if a.first <= b.last && b.first <= a.last && a.at < b.at+b.bytes && b.at < a.at+a.bytes {
					t.Fatalf("%+v and %+v overlap", a, b)
				}
			}
		}
	}
}

func TestArenaIsReusedAlongAChain(t *testing.T) {
	var spans []*span
	for i := range 50 {
		spans = append(spans, &span{bytes: 1024, first: i, last: i + 1})
	}
	if size := fit(spans); size != 2048 {
		t.Errorf("a chain of 50 temporaries needs %d bytes, want two of 1024", size)
	}
}

// TestReshapeViews compares the strides of views with the elements that they reach.
func TestReshapeViews(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	views := 0
	for range 3000 {
		shape := randomShape(r)
		strides := contiguous(shape)
		r.Shuffle(len(shape), func(i, j int) {
			shape[i], shape[j], strides[i], strides[j] = shape[j], shape[i], strides[j], strides[i]
		})
		if r.IntN(2) == 0 {
			for i := range strides {
				strides[i] *= 1 + r.IntN(2)
			}
		}
		to := regroup(r, elements(shape))
		got, ok := reshape(shape, strides, to)
		if dense(shape, strides) && !ok {
			t.Fatalf("%v with strides %v is dense and has no view %v", shape, strides, to)
		}
		if !ok {
			continue
		}
		views++
		if !slices.Equal(reach(shape, strides), reach(to, got)) {
			t.Fatalf("%v with strides %v as %v gives strides %v", shape, strides, to, got)
		}
	}
	if views < 500 {
		t.Errorf("only %d views were tried", views)
	}
}

func randomShape(r *rand.Rand) []int {
	shape := make([]int, r.IntN(5))
	for i := range shape {
		shape[i] = []int{1, 2, 3, 4, 6}[r.IntN(5)]
	}
	return shape
}

// regroup gives a random shape of n elements.
func regroup(r *rand.Rand, n int) []int {
	var shape []int
	for n > 1 {
		d := 1 + r.IntN(n)
		if n%d == 0 {
			shape = append(shape, d)
			n /= d
		}
	}
	return shape
}

// reach lists the positions of all elements in order.
func reach(shape, strides []int) []int {
	if len(shape) == 0 {
		return []int{0}
	}
	var all []int
	for i := range shape[0] {
		for _, at := range reach(shape[1:], strides[1:]) {
			all = append(all, i*strides[0]+at)
		}
	}
	return all
}
