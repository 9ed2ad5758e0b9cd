package decode

import (
	"math"
	"sort"

	"github.com/dauys/dauys/fault"
)

// Beam follows the Width most probable hypotheses (decoding.py:301, BeamSearchDecoder): each live one offers its Width+1
// best tokens; of all offers, in order of their sum, those that end are put aside until Width go on. The search stops
// when round(Width*Patience) have ended.
type Beam struct {
	Width    int
	Patience float64 // 0 = 1 (Kasai et al. 2022, "Beam Decoding with Controlled Patience")
	// Penalty of length in the final ranking: 0 divides by the length, else Wu et al. 2016's alpha.
	Penalty float64
}

func (b Beam) check() error {
	if b.Width < 1 || b.Patience < 0 || math.IsNaN(b.Patience) {
		return fault.Errorf("decode.Decode", fault.Invalid, "beam of %d, patience %v: must be positive", b.Width, b.Patience)
	}
	return nil
}

func (b Beam) width() int { return b.Width }

func (b Beam) begin(r *Request) searcher {
	patience := b.Patience
	if patience == 0 {
		patience = 1
	}
	return &beams{Beam: b, end: r.End, wanted: max(1, int(math.RoundToEven(float64(b.Width)*patience)))}
}

type beams struct {
	Beam
	end    int32
	wanted int // ended hypotheses
	ended  []*hypothesis
	offers []offer
}

type offer struct {
	branch
	sum float64
}

func (b *beams) next(live []*hypothesis, logits [][]float32) []branch {
	b.offers = b.offers[:0]
	for i, h := range live {
		norm := logSumExp(logits[i])
		for _, token := range topK(logits[i], b.Width+1) {
			p := float64(logits[i][token]) - norm
			b.offers = append(b.offers, offer{branch{parent: i, token: int32(token), logProb: p}, h.sum + p})
		}
	}
	sort.SliceStable(b.offers, func(i, j int) bool { return b.offers[i].sum > b.offers[j].sum })
	out := make([]branch, 0, b.Width)
	var ending []*hypothesis
	for _, o := range b.offers {
		if math.IsInf(o.sum, -1) || math.IsNaN(o.sum) {
			continue
		}
		if o.token == b.end {
			h := live[o.parent]
			ending = append(ending, &hypothesis{tokens: h.tokens, logProbs: h.logProbs, sum: o.sum})
			continue
		}
		if out = append(out, o.branch); len(out) == b.Width {
			break
		}
	}
	b.ended = append(b.ended, ending[:min(len(ending), b.wanted-len(b.ended))]...)
	if len(b.ended) >= b.wanted {
		return nil
	}
	return out
}

// best adds live hypotheses only where fewer than Width have ended (decoding.py:374, finalize).
func (b *beams) best(live []*hypothesis) (Result, bool) {
	rest := append([]*hypothesis(nil), live...)
	sort.SliceStable(rest, func(i, j int) bool { return rest[i].sum > rest[j].sum })
	return choose(b.ended, rest[:min(max(0, b.Width-len(b.ended)), len(rest))], b.Penalty)
}
