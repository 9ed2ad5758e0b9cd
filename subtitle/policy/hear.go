package policy

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/phrase"
)

// fresh gives the words of h that belong after the last commit: single words, times in order, without those that are
// committed already and without their echoes.
func (p *Policy) fresh(h subtitle.Hypothesis) []subtitle.Word {
	var words []subtitle.Word
	at := time.Duration(0)
	for _, w := range h.Words {
		for _, text := range strings.Fields(w.Text) {
			w.Text = text
			w.Start = min(max(w.Start, at), max(h.Through, at))
			w.End = max(min(w.End, h.Through), w.Start)
			at = w.Start
			// A hypothesis that was made before the commit still holds the committed words.
			if h.From < p.border && (w.Start+w.End)/2 < p.border {
				continue
			}
			if n := len(words); n > 0 && suffix(text) {
				words[n-1].Text += text
				words[n-1].End = w.End
				continue
			}
			words = append(words, w)
		}
	}
	return words[p.echo(words):]
}

// suffix tells that a word is the rest of the one before it, such as the "-pedals" of "sub -pedals".
func suffix(text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimPrefix(text, "-"))
	return strings.HasPrefix(text, "-") && unicode.IsLetter(r)
}

// maxRepeat is how many words around a border are looked at for echoes.
const maxRepeat = 5

// echo counts the words at the start of words that are the end of what was committed, heard again because the cut went
// through them: the same words, in less time after the border than anybody needs to say them anew.
func (p *Policy) echo(words []subtitle.Word) int {
	const leastWord = 220 * time.Millisecond // a short word at 4.5 words a second
	for n := min(len(p.before), len(words)); n > 0; n-- {
		same := true
		for i, before := range p.before[len(p.before)-n:] {
			same = same && phrase.Normal(words[i].Text) == before
		}
		if same && words[n-1].End-p.border < time.Duration(n)*leastWord {
			return n
		}
	}
	return 0
}

// boundary finds how many of words are the settled words again: the prefix with the least edit distance to them, where
// times break near ties (one edit weighs as much as 2 s).
func boundary(settled, words []subtitle.Word) int {
	if len(settled) == 0 {
		return 0
	}
	cost := make([]int, len(words)+1) // of settled[:i] against words[:j]
	for j := range cost {
		cost[j] = j
	}
	for i, s := range settled {
		diagonal := cost[0]
		cost[0] = i + 1
		for j, w := range words {
			change := diagonal
			if phrase.Normal(s.Text) != phrase.Normal(w.Text) {
				change++
			}
			diagonal = cost[j+1]
			cost[j+1] = min(change, cost[j]+1, cost[j+1]+1)
		}
	}
	best, bestCost := 0, time.Duration(1<<62)
	end := settled[len(settled)-1].End
	for j, c := range cost {
		at := time.Duration(0)
		if j > 0 {
			at = words[j-1].End
		} else if len(words) > 0 {
			at = words[0].Start
		}
		total := time.Duration(c)*2*time.Second + min((at-end).Abs(), 4*time.Second)
		if total < bestCost {
			best, bestCost = j, total
		}
	}
	return best
}

// agreed counts the words of tail that become stable now.
func (p *Policy) agreed(tail []subtitle.Word, h subtitle.Hypothesis) int {
	if h.Endpoint {
		return len(tail)
	}
	n := endedBefore(tail, h.Through-max(0, p.cfg.Margin))
	if p.cfg.Agreement == LocalAgreement {
		n = min(n, samePrefix(p.last, tail))
	}
	if k := len(tail) - 1; n == k+1 && k >= 0 && h.Through-tail[k].End < p.cfg.Pause && phrase.EndsSentence(tail[k].Text, "") {
		n = k // a full stop at the end of what was heard is a guess; it would be settled with the word
	}
	return max(n, endedBefore(tail, h.Through-p.cfg.Force))
}

// endedBefore counts the leading words that end at or before t.
func endedBefore(words []subtitle.Word, t time.Duration) int {
	n := 0
	for n < len(words) && words[n].End <= t {
		n++
	}
	return n
}

// samePrefix counts the leading words that a and b share, by their normal forms.
func samePrefix(a, b []subtitle.Word) int {
	n := 0
	for n < min(len(a), len(b)) && phrase.Normal(a[n].Text) == phrase.Normal(b[n].Text) {
		n++
	}
	return n
}

// A phrase of one word may be said five times, a longer one three times; more in a row is a loop of the recogniser.
const (
	maxSameWord   = 5
	maxSamePhrase = 3
	longestPhrase = 12
)

// cutLoop cuts words after the first copy of a phrase that loops.
func cutLoop(words []subtitle.Word) ([]subtitle.Word, bool) {
	norm := make([]string, len(words))
	for i, w := range words {
		norm[i] = phrase.Normal(w.Text)
	}
	for n := 1; n <= min(longestPhrase, len(words)/2); n++ {
		most := maxSamePhrase
		if n == 1 {
			most = maxSameWord
		}
		run := 0 // words in a row that equal the word n before them
		for i := n; i < len(norm); i++ {
			if norm[i] != norm[i-n] {
				run = 0
				continue
			}
			if run++; run >= n*most {
				return words[:i-run+1], true
			}
		}
	}
	return words, false
}
