package decode

import (
	"math"

	"github.com/dauys/dauys/decode/kv"
)

// Search is a way to choose among continuations: [Greedy], [Beam] or [Sample].
type Search interface {
	check() error
	width() int // hypotheses followed at the same time
	begin(r *Request) searcher
}

// searcher is one search under way.
type searcher interface {
	// next takes the live hypotheses and the logits after each, and gives those that go on. None ends the search.
	next(live []*hypothesis, logits [][]float32) []branch
	// best gives the best of what ended and of the live hypotheses, which were stopped; false when there is neither.
	best(live []*hypothesis) (Result, bool)
}

// hypothesis is one continuation of a prompt.
type hypothesis struct {
	seq      *kv.Sequence
	tokens   []int32
	logProbs []float32
	sum      float64
}

// branch lets the hypothesis live[parent] go on with token.
type branch struct {
	parent  int
	token   int32
	logProb float64
}

// grown gives the tokens and probabilities of h with b added, in memory of its own.
func (h *hypothesis) grown(b branch) *hypothesis {
	n := len(h.tokens)
	return &hypothesis{
		tokens:   append(append(make([]int32, 0, n+8), h.tokens...), b.token),
		logProbs: append(append(make([]float32, 0, n+8), h.logProbs...), float32(b.logProb)),
		sum:      h.sum + b.logProb,
	}
}

func (h *hypothesis) result(reason Reason) Result {
	return Result{Tokens: h.tokens, LogProbs: h.logProbs, Sum: h.sum, Reason: reason}
}

// perToken ranks hypotheses of different length: the sum over the length (decoding.py:204, MaximumLikelihoodRanker),
// raised to penalty as in Wu et al. 2016 where that is not 0.
func perToken(sum float64, length int, penalty float64) float64 {
	if length == 0 {
		return math.Inf(-1)
	}
	if penalty == 0 {
		return sum / float64(length)
	}
	return sum / math.Pow((5+float64(length))/6, penalty)
}

// choose gives the best of ended and live by the log-probability of a token.
func choose(ended, live []*hypothesis, penalty float64) (Result, bool) {
	var best *hypothesis
	reason, score := Ended, 0.0
	for i, group := range [][]*hypothesis{ended, live} {
		for _, h := range group {
			if s := perToken(h.sum, len(h.tokens), penalty); best == nil || s > score {
				best, score, reason = h, s, Ended
				if i == 1 {
					reason = Length
				}
			}
		}
	}
	if best == nil {
		return Result{}, false
	}
	return best.result(reason), true
}
