package decode

import (
	"math"
	"math/rand/v2"

	"github.com/dauys/dauys/fault"
)

// Greedy takes the most probable token at each step.
type Greedy struct{}

func (Greedy) check() error { return nil }
func (Greedy) width() int   { return 1 }
func (Greedy) begin(r *Request) searcher {
	return &lines{end: r.End, count: 1, pick: func(logits []float32) int32 { return int32(argmax(logits)) }}
}

// Sample draws tokens at a temperature, several sequences at a time, and keeps the most probable (decoding.py: GreedyDecoder
// with best_of).
type Sample struct {
	Temperature float64 // > 0; 1 is the model's own distribution
	Best        int     // sequences to draw, 0 = 1
	Seed        uint64  // the same seed, model and request give the same tokens
}

func (s Sample) check() error {
	if !(s.Temperature > 0) || math.IsInf(s.Temperature, 1) {
		return fault.Errorf("decode.Decode", fault.Invalid, "temperature %v: must be positive; use Greedy for 0", s.Temperature)
	}
	return nil
}

func (s Sample) width() int { return max(1, s.Best) }

func (s Sample) begin(r *Request) searcher {
	random := rand.New(rand.NewPCG(s.Seed, 0x9e3779b97f4a7c15)) // the second word only separates streams (golden ratio)
	return &lines{end: r.End, count: s.width(), pick: func(logits []float32) int32 {
		return int32(draw(logits, s.Temperature, random.Float64()))
	}}
}

// lines follows sequences that do not compete at each step, only at the end.
type lines struct {
	end     int32
	count   int
	pick    func(logits []float32) int32
	started bool
	ended   []*hypothesis
}

func (l *lines) next(live []*hypothesis, logits [][]float32) []branch {
	var out []branch
	each := 1
	if !l.started { // all start from the one prompt
		l.started, each = true, l.count
	}
	for i, h := range live {
		norm := logSumExp(logits[i])
		for range each {
			token := l.pick(logits[i])
			b := branch{parent: i, token: token, logProb: float64(logits[i][token]) - norm}
			if math.IsNaN(b.logProb) || math.IsInf(b.logProb, -1) {
				continue
			}
			if token != l.end {
				out = append(out, b)
				continue
			}
			l.ended = append(l.ended, &hypothesis{tokens: h.tokens, logProbs: h.logProbs, sum: h.sum + b.logProb})
		}
	}
	return out
}

func (l *lines) best(live []*hypothesis) (Result, bool) { return choose(l.ended, live, 0) }
