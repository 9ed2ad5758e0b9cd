package decode

// LoopGuard recognises a sequence that ends in the same run of tokens again and again, as models do on noise and on
// very short clips. The zero value recognises nothing.
type LoopGuard struct {
	MaxPeriod int // the longest run looked for
	Repeats   int // how many times it must come in a row
	MinTokens int // and how many tokens that must be together
}

// Find gives the number of tokens before the first repetition, when tokens end in a loop.
func (g LoopGuard) Find(tokens []int32) (keep int, found bool) {
	if g.Repeats < 2 {
		return 0, false
	}
	for period := 1; period <= g.MaxPeriod && period*g.Repeats <= len(tokens); period++ {
		same := 0 // tokens that equal the one a period earlier, from the end
		for i := len(tokens) - 1; i >= period && tokens[i] == tokens[i-period]; i-- {
			same++
		}
		if same+period >= max(period*g.Repeats, g.MinTokens) {
			return len(tokens) - same, true
		}
	}
	return 0, false
}
