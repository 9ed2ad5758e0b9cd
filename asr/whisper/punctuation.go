package whisper

import (
	"slices"
	"strings"
)

// The signs that belong to the word after or before them (timing.py:279), and those that end a sentence.
const (
	prependSigns = "\"'“¿([{-"
	appendSigns  = "\"'.。,，!！?？:：”)]}、"
	sentenceEnds = ".。!！?？"
)

// medianLimit is the longest that a usual word lasts (timing.py:304).
const medianLimit = 0.7

// usualDuration is the median duration of words, at most 0.7 s; 0 when there is none.
func usualDuration(words []TimedWord) float64 {
	var all []float64
	for _, w := range words {
		if d := w.End - w.Start; d > 0 {
			all = append(all, d)
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	n := len(all)
	return min(medianLimit, (all[(n-1)/2]+all[n/2])/2)
}

// shortenAtSentences cuts words at the ends of sentences that last longer than twice the usual: the pause is not theirs
// (timing.py:307).
func shortenAtSentences(words []TimedWord) {
	longest := 2 * usualDuration(words)
	if longest == 0 {
		return
	}
	ends := func(w *TimedWord) bool { return w.Text != "" && strings.Contains(sentenceEnds, w.Text) }
	for i := 1; i < len(words); i++ {
		switch w := &words[i]; {
		case w.End-w.Start <= longest:
		case ends(w):
			w.End = w.Start + longest
		case ends(&words[i-1]):
			w.Start = w.End - longest
		}
	}
}

// mergePunctuation joins signs with the words that they belong to (timing.py:242, merge_punctuations). The word keeps its
// own times.
func mergePunctuation(words []TimedWord) []TimedWord {
	for i := len(words) - 2; i >= 0; i-- { // signs that open join the next word
		sign, next := &words[i], &words[i+1]
		if strings.HasPrefix(sign.Text, " ") && isSign(strings.TrimSpace(sign.Text), prependSigns) {
			next.Text = sign.Text + next.Text
			next.Tokens = slices.Concat(sign.Tokens, next.Tokens)
			*sign = TimedWord{}
		}
	}
	var out []TimedWord
	for _, w := range words {
		if w.Text == "" {
			continue
		}
		if n := len(out); n > 0 && !strings.HasSuffix(out[n-1].Text, " ") && isSign(w.Text, appendSigns) {
			out[n-1].Text += w.Text
			out[n-1].Tokens = slices.Concat(out[n-1].Tokens, w.Tokens)
			continue
		}
		out = append(out, w)
	}
	return out
}

func isSign(text, signs string) bool { return text != "" && strings.Contains(signs, text) }
