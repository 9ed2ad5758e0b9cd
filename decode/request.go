package decode

import (
	"github.com/dauys/dauys/decode/kv"
	"github.com/dauys/dauys/fault"
)

// Request is one sequence to be continued.
type Request struct {
	// Prompt is the forced beginning: at least one token, none of which the result repeats.
	Prompt []int32
	// Draft is a guess at the tokens that follow, for Greedy only: all of it runs at once, and as much is kept as would have
	// been chosen one by one. The result is the same to the bit, sooner where the guess was good.
	Draft []int32
	// Memory is what the sequence attends to beside itself. It is shared by all hypotheses and must stay until Decode returns.
	Memory *kv.Sequence
	// Search chooses among continuations: Greedy, Beam or Sample.
	Search Search
	// Rules change the logits of each new token, in this order.
	Rules []Rule
	// End is the token that ends a sequence.
	End int32
	// MaxNew is the most tokens to add. 0 only runs the prompt, for Inspect.
	MaxNew int
	// Loop stops a sequence that repeats itself; the zero value never does.
	Loop LoopGuard
	// Inspect, where set, sees the logits after Prompt[InspectAt], before rules. It runs on the decoder's goroutine.
	Inspect   func(logits []float32)
	InspectAt int
	// OnToken, where set, sees the tokens of a one-hypothesis search as they come. It runs on the decoder's goroutine.
	OnToken func(token int32)
	// Priority against other requests.
	Priority Priority
}

// Reason says why a sequence ended.
type Reason uint8

// The reasons.
const (
	Ended   Reason = iota // the end token
	Length                // MaxNew, or the model's length
	Looping               // the loop guard cut it off
)

// Result is the best sequence.
type Result struct {
	Tokens   []int32   // without the prompt and the end token
	LogProbs []float32 // of each token, after rules, at temperature 1
	Sum      float64   // of all log-probabilities, the end token's included
	Reason   Reason
}

// AvgLogProb is the mean log-probability of a token, counting the end token (decoding.py:748 of openai/whisper).
func (r *Result) AvgLogProb() float64 { return r.Sum / float64(len(r.Tokens)+1) }

func (r *Request) check(m Model, slots int) error {
	const op = "decode.Decode"
	switch {
	case len(r.Prompt) == 0:
		return fault.Errorf(op, fault.Invalid, "empty prompt: at least the start token is needed")
	case len(r.Prompt)+r.MaxNew > m.MaxLength():
		return fault.Errorf(op, fault.Invalid, "prompt of %d and %d new tokens: the model holds %d positions",
			len(r.Prompt), r.MaxNew, m.MaxLength())
	case r.MaxNew < 0:
		return fault.Errorf(op, fault.Invalid, "%d new tokens", r.MaxNew)
	case r.Search == nil && r.MaxNew > 0:
		return fault.Errorf(op, fault.Invalid, "no search given: use Greedy, Beam or Sample")
	case r.width() > slots:
		return fault.Errorf(op, fault.Invalid, "%d hypotheses: the decoder has %d slots", r.width(), slots)
	case r.Inspect != nil && (r.InspectAt < 0 || r.InspectAt >= len(r.Prompt)):
		return fault.Errorf(op, fault.Invalid, "inspection at %d of a prompt of %d", r.InspectAt, len(r.Prompt))
	}
	for _, tokens := range [][]int32{r.Prompt, r.Draft} {
		for _, token := range tokens {
			if token < 0 || int(token) >= m.Vocab() {
				return fault.Errorf(op, fault.Invalid, "prompt token %d outside the vocabulary of %d", token, m.Vocab())
			}
		}
	}
	if _, greedy := r.Search.(Greedy); len(r.Draft) > 0 && !greedy {
		return fault.Errorf(op, fault.Invalid, "a draft of %d tokens without greedy search", len(r.Draft))
	}
	if r.Search != nil {
		return r.Search.check()
	}
	return nil
}

func (r *Request) width() int {
	if r.Search == nil {
		return 1
	}
	return max(1, r.Search.width())
}
