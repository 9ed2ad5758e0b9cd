package decode_test

import (
	"context"
	"math"
	"slices"
	"sort"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/fault"
)

func TestGreedyTakesTheBestToken(t *testing.T) {
	m := &toy{rows: 8}
	d := start(t, m, 8, 0)
	prompt := []int32{3, 1, 4, 1, 5, 9, 2, 6, 5, 3} // longer than a step
	got, err := d.Decode(t.Context(), decode.Request{Prompt: prompt, Search: decode.Greedy{}, End: toyEnd, MaxNew: 20})
	if err != nil {
		t.Fatal(err)
	}
	want, sum, reason := greedy(m, prompt, 20)
	if !slices.Equal(got.Tokens, want) || math.Abs(got.Sum-sum) > 1e-5 || got.Reason != reason {
		t.Fatalf("got %+v, want %v sum %v", got, want, sum)
	}
	if math.Abs(got.AvgLogProb()-sum/float64(len(want)+1)) > 1e-6 {
		t.Fatalf("average %v", got.AvgLogProb())
	}
}

func greedy(m *toy, prompt []int32, limit int) (tokens []int32, sum float64, reason decode.Reason) {
	all := slices.Clone(prompt)
	for range limit {
		p := logProbs(m.logits(all))
		best := 0
		for i := range p {
			if p[i] > p[best] {
				best = i
			}
		}
		sum += p[best]
		if best == toyEnd {
			return all[len(prompt):], sum, decode.Ended
		}
		all = append(all, int32(best))
	}
	return all[len(prompt):], sum, decode.Length
}

func TestBeamFollowsTheReference(t *testing.T) {
	for _, width := range []int{1, 2, 5} {
		m := &toy{rows: 8}
		d := start(t, m, 8, 0)
		for first := int32(1); first < toyVocab; first++ {
			prompt := []int32{first, 2, 2}
			got, err := d.Decode(t.Context(), decode.Request{
				Prompt: prompt, Search: decode.Beam{Width: width}, End: toyEnd, MaxNew: 12,
			})
			if err != nil {
				t.Fatal(err)
			}
			want, sum := referenceBeam(m, prompt, width, 12)
			if !slices.Equal(got.Tokens, want) || math.Abs(got.Sum-sum) > 1e-4 {
				t.Errorf("width %d prompt %v: got %v (%v), want %v (%v)", width, prompt, got.Tokens, got.Sum, want, sum)
			}
		}
	}
}

// referenceBeam retells decoding.py's BeamSearchDecoder on whole sequences, without caches.
func referenceBeam(m *toy, prompt []int32, width, limit int) ([]int32, float64) {
	type seq struct {
		tokens []int32
		sum    float64
	}
	live, ended := []seq{{}}, []seq{}
	for step := 0; step < limit && len(ended) < width; step++ {
		var offers []seq
		for _, s := range live {
			p := logProbs(m.logits(append(slices.Clone(prompt), s.tokens...)))
			order := make([]int, len(p))
			for i := range order {
				order[i] = i
			}
			sort.SliceStable(order, func(i, j int) bool { return p[order[i]] > p[order[j]] })
			for _, v := range order[:width+1] {
				offers = append(offers, seq{append(slices.Clone(s.tokens), int32(v)), s.sum + p[v]})
			}
		}
		sort.SliceStable(offers, func(i, j int) bool { return offers[i].sum > offers[j].sum })
		live = nil
		for _, o := range offers {
			if o.tokens[len(o.tokens)-1] == toyEnd {
				if len(ended) < width {
					ended = append(ended, seq{o.tokens[:len(o.tokens)-1], o.sum})
				}
				continue
			}
			if live = append(live, o); len(live) == width {
				break
			}
		}
	}
	for _, s := range live {
		if len(ended) < width {
			ended = append(ended, s)
		}
	}
	best := 0
	for i, s := range ended {
		if s.sum/float64(len(s.tokens)) > ended[best].sum/float64(len(ended[best].tokens)) {
			best = i
		}
	}
	return ended[best].tokens, ended[best].sum
}

func TestCompanyDoesNotChangeResults(t *testing.T) {
	m := &toy{rows: 16}
	alone := start(t, m, 16, 0)
	requests := make([]decode.Request, 10)
	want := make([]decode.Result, len(requests))
	for i := range requests {
		requests[i] = decode.Request{Prompt: []int32{int32(i + 1), 5}, Search: decode.Greedy{}, End: toyEnd, MaxNew: 15}
		switch i % 3 {
		case 1:
			requests[i].Search = decode.Beam{Width: 4}
		case 2:
			requests[i].Search = decode.Sample{Temperature: 0.8, Best: 3, Seed: uint64(i)}
		}
		var err error
		if want[i], err = alone.Decode(t.Context(), requests[i]); err != nil {
			t.Fatal(err)
		}
	}
	together := start(t, &toy{rows: 16}, 16, len(requests))
	var wg sync.WaitGroup
	for i, r := range requests {
		wg.Go(func() {
			got, err := together.Decode(t.Context(), r)
			if err != nil || !slices.Equal(got.Tokens, want[i].Tokens) || got.Sum != want[i].Sum {
				t.Errorf("request %d: got %v (%v), alone %v", i, got, err, want[i])
			}
		})
	}
	wg.Wait()
	if together.Free() != 16 {
		t.Fatalf("%d of 16 slots are free afterwards", together.Free())
	}
}

func TestSameSeedSamplesTheSame(t *testing.T) {
	d := start(t, &toy{rows: 8}, 8, 0)
	draw := func(seed uint64) []int32 {
		r, err := d.Decode(t.Context(), decode.Request{
			Prompt: []int32{7}, Search: decode.Sample{Temperature: 1, Seed: seed}, End: toyEnd, MaxNew: 20,
		})
		if err != nil {
			t.Fatal(err)
		}
		return r.Tokens
	}
	if a, b := draw(1), draw(1); !slices.Equal(a, b) {
		t.Fatalf("%v and %v", a, b)
	}
	if a, b := draw(1), draw(2); slices.Equal(a, b) {
		t.Fatal("another seed gave the same tokens")
	}
}

func TestFullDecoderRefusesThenServes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &toy{rows: 4, gate: make(chan struct{})}
		d := start(t, m, 4, 1)
		long := decode.Request{Prompt: []int32{1}, Search: decode.Beam{Width: 4}, End: toyEnd, MaxNew: 3}
		results := make(chan error, 2)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, err := d.Decode(ctx, long); results <- err }()
		synctest.Wait()
		go func() { _, err := d.Decode(t.Context(), long); results <- err }()
		synctest.Wait()
		if _, err := d.Decode(t.Context(), long); fault.KindOf(err) != fault.Exhausted {
			t.Fatalf("third request: %v, want exhausted", err)
		}
		cancel() // the first gives its slots back at the next step, and the second begins
		m.gate <- struct{}{}
		if err := <-results; fault.KindOf(err) != fault.Canceled {
			t.Fatalf("cancelled request: %v", err)
		}
		close(m.gate)
		if err := <-results; err != nil {
			t.Fatalf("waiting request: %v", err)
		}
	})
}

func TestUrgentRequestsBeginFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &toy{rows: 1, gate: make(chan struct{})}
		d := start(t, m, 1, 3)
		order := make(chan string, 3)
		ask := func(name string, p decode.Priority) {
			go func() {
				_, _ = d.Decode(t.Context(), decode.Request{Prompt: []int32{1}, Search: decode.Greedy{}, End: toyEnd, MaxNew: 1, Priority: p})
				order <- name
			}()
			synctest.Wait()
		}
		ask("first", decode.Batch)
		ask("file", decode.Batch)
		ask("programme", decode.Live)
		for _, want := range []string{"first", "programme", "file"} {
			m.gate <- struct{}{}
			synctest.Wait()
			if got := <-order; got != want {
				t.Fatalf("%s ended, want %s", got, want)
			}
		}
	})
}

func TestFailuresEndTheRequest(t *testing.T) {
	broken := &toy{rows: 2, fail: errToy}
	deaf := &toy{rows: 2, score: func(_ []int32, l []float32) {
		for i := range l {
			l[i] = float32(math.Inf(-1))
		}
	}}
	ok := decode.Request{Prompt: []int32{1}, Search: decode.Greedy{}, End: toyEnd, MaxNew: 2}
	for _, c := range []struct {
		name  string
		model *toy
		edit  func(*decode.Request)
		want  fault.Kind
	}{
		{"the model fails", broken, nil, fault.Other},
		{"no finite logit", deaf, nil, fault.Internal},
		{"empty prompt", &toy{rows: 2}, func(r *decode.Request) { r.Prompt = nil }, fault.Invalid},
		{"token outside the vocabulary", &toy{rows: 2}, func(r *decode.Request) { r.Prompt = []int32{toyVocab} }, fault.Invalid},
		{"too long", &toy{rows: 2}, func(r *decode.Request) { r.MaxNew = toyMax }, fault.Invalid},
		{"no search", &toy{rows: 2}, func(r *decode.Request) { r.Search = nil }, fault.Invalid},
		{"too wide", &toy{rows: 2}, func(r *decode.Request) { r.Search = decode.Beam{Width: 3} }, fault.Invalid},
		{"temperature 0", &toy{rows: 2}, func(r *decode.Request) { r.Search = decode.Sample{} }, fault.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ok
			if c.edit != nil {
				c.edit(&r)
			}
			d := start(t, c.model, 2, 0)
			if _, err := d.Decode(t.Context(), r); err == nil || fault.KindOf(err) != c.want {
				t.Fatalf("got %v (%v), want %v", err, fault.KindOf(err), c.want)
			}
			if d.Free() != 2 {
				t.Fatal("the slots did not come back")
			}
		})
	}
}

func TestInspectSeesThePromptsLogits(t *testing.T) {
	m := &toy{rows: 2}
	d := start(t, m, 2, 0)
	for at := range 3 {
		for _, more := range []int{0, 3} {
			var seen []float32
			_, err := d.Decode(t.Context(), decode.Request{
				Prompt: []int32{4, 5, 6}, Search: decode.Greedy{}, End: toyEnd, MaxNew: more, InspectAt: at,
				Inspect: func(l []float32) { seen = slices.Clone(l) },
			})
			if err != nil || !slices.Equal(seen, m.logits([]int32{4, 5, 6}[:at+1])) {
				t.Fatalf("at %d: %v, %v", at, seen, err)
			}
		}
	}
}

func TestLoopsAreCutOff(t *testing.T) {
	m := &toy{rows: 4, score: func(tokens []int32, l []float32) { l[1+len(tokens)%3] = 5 }} // 2 3 1 2 3 1 ...
	d := start(t, m, 4, 0)
	for _, search := range []decode.Search{decode.Greedy{}, decode.Beam{Width: 3}} {
		r, err := d.Decode(t.Context(), decode.Request{
			Prompt: []int32{1}, Search: search, End: toyEnd, MaxNew: 38,
			Loop: decode.LoopGuard{MaxPeriod: 8, Repeats: 4, MinTokens: 12},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, greedy := search.(decode.Greedy); greedy && (r.Reason != decode.Looping || !slices.Equal(r.Tokens, []int32{2, 3, 1})) {
			t.Errorf("got %v because %v", r.Tokens, r.Reason)
		}
	}
}
