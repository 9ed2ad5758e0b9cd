package decode

import "math"

// Rule changes logits before a token is chosen. A Rule holds no state: all that it may depend on is what was generated,
// so hypotheses can fork.
type Rule interface {
	// Apply changes logits in place, knowing the tokens generated after the prompt.
	Apply(generated []int32, logits []float32)
}

var never = float32(math.Inf(-1))

// Forbid makes tokens impossible.
func Forbid(logits []float32, tokens ...int32) {
	for _, token := range tokens {
		if token >= 0 && int(token) < len(logits) {
			logits[token] = never
		}
	}
}

// Suppress is a rule that forbids tokens always.
type Suppress []int32

// Apply forbids them.
func (s Suppress) Apply(_ []int32, logits []float32) { Forbid(logits, s...) }

// SuppressFirst is a rule that forbids tokens as the first one (Whisper: a space, the end).
type SuppressFirst []int32

// Apply forbids them when nothing was generated.
func (s SuppressFirst) Apply(generated []int32, logits []float32) {
	if len(generated) == 0 {
		Forbid(logits, s...)
	}
}

// Only is a rule that forbids all tokens but a few.
type Only []int32

// Apply forbids the others.
func (o Only) Apply(_ []int32, logits []float32) {
	keep := make([]float32, len(o))
	for i, token := range o {
		keep[i] = logits[token]
	}
	for i := range logits {
		logits[i] = never
	}
	for i, token := range o {
		logits[token] = keep[i]
	}
}

// Prefer is a rule that makes phrases likelier: a bonus for each token that begins or continues one.
type Prefer struct {
	Phrases [][]int32
	Start   float32 // added to a phrase's first token: small, as it tempts at every step
	Inside  float32 // added to the next token while a phrase is under way
}

// Apply adds the bonuses, once a token.
func (p Prefer) Apply(generated []int32, logits []float32) {
	seen := make(map[int32]float32, len(p.Phrases))
	for _, phrase := range p.Phrases {
		for n := 0; n < len(phrase); n++ {
			bonus := p.Start
			if n > 0 {
				bonus = p.Inside
			}
			if endsWith(generated, phrase[:n]) && bonus > seen[phrase[n]] {
				seen[phrase[n]] = bonus
			}
		}
	}
	for token, bonus := range seen {
		if token >= 0 && int(token) < len(logits) {
			logits[token] += bonus
		}
	}
}

// NoRepeat is a rule that forbids to generate any run of that many tokens twice.
type NoRepeat int

// Apply forbids the tokens that would complete a known run.
func (n NoRepeat) Apply(generated []int32, logits []float32) {
	if n < 1 || len(generated) < int(n) {
		return
	}
	tail := generated[len(generated)-int(n)+1:]
	for i := 0; i+int(n) <= len(generated); i++ {
		if endsWith(generated[:i+int(n)-1], tail) {
			Forbid(logits, generated[i+int(n)-1])
		}
	}
}

func endsWith(tokens, tail []int32) bool {
	if len(tokens) < len(tail) {
		return false
	}
	tokens = tokens[len(tokens)-len(tail):]
	for i := range tail {
		if tokens[i] != tail[i] {
			return false
		}
	}
	return true
}
