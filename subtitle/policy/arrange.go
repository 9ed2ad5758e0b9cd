package policy

import (
	"time"
	"unicode/utf8"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/phrase"
)

// segment is one that is on the screen and not closed.
type segment struct {
	number, revision int
	language         string
	shown            []subtitle.Word // as last shown
	stable           int             // as last shown
}

// arrange cuts the settled and grey words into segments, closes those whose words are all settled, shows the rest where
// they changed, and commits what was closed. Grey words are cut by the same rules as settled ones, so that a word seldom
// moves from one segment to another when it is settled.
func (p *Policy) arrange(h subtitle.Hypothesis) Decision {
	var d Decision
	words := append(append([]subtitle.Word(nil), p.stable...), p.grey...)
	stable, closed, at := len(p.stable), 0, 0 // words settled, words in closed segments, start of the next segment
	shown := 0
	for at < len(words) {
		n := p.cut(words[at:], p.shownStable(shown), h)
		whole := n > 0
		if !whole {
			n = len(words) - at
		}
		if whole && closed == at && at+n <= stable {
			p.finish(&d, words[at:at+n])
			closed += n
		} else {
			p.show(&d, shown, words[at:at+n], min(max(0, stable-at), n))
			shown++
		}
		at += n
	}
	p.retract(&d, shown)
	p.settleCommit(&d, words, closed, h)
	p.stable = append([]subtitle.Word(nil), p.stable[closed:]...)
	return d
}

// settleCommit commits the first closed of words. At an endpoint without words it still drops the silence.
func (p *Policy) settleCommit(d *Decision, words []subtitle.Word, closed int, h subtitle.Hypothesis) {
	rest := words[closed:]
	switch {
	case closed == 0 && (!h.Endpoint || h.Through <= p.border || len(rest) > 0):
		return
	case h.Endpoint && len(rest) == 0:
		p.last = nil
		d.Commit = p.commit(h.Through, words[:closed:closed], false)
		return
	}
	end, next := words[closed-1].End, h.Through
	if len(rest) > 0 {
		next = rest[0].Start
	} else if len(p.last) > 0 {
		next = p.last[0].Start // hidden by Edge
	}
	silence := max(0, next-end)
	d.Commit = p.commit(end+silence/2, words[:closed:closed], silence < p.cfg.Pause)
}

// finish closes the first open segment with words.
func (p *Policy) finish(d *Decision, words []subtitle.Word) {
	if len(p.open) == 0 {
		p.openNext()
	}
	s := p.open[0]
	p.open = p.open[1:]
	d.Updates = append(d.Updates, Update{
		Segment: s.number, Revision: s.revision + 1, Language: s.language,
		Words: append([]subtitle.Word(nil), words...), Stable: len(words), Final: true,
	})
}

// show shows words as open segment i, where they look different from before.
func (p *Policy) show(d *Decision, i int, words []subtitle.Word, stable int) {
	if p.cfg.FinalOnly {
		return
	}
	if i == len(p.open) {
		p.openNext()
	}
	s := &p.open[i]
	if stable == s.stable && sameForms(s.shown, words) {
		return
	}
	s.revision++
	s.shown, s.stable = append([]subtitle.Word(nil), words...), stable
	d.Updates = append(d.Updates, Update{
		Segment: s.number, Revision: s.revision, Language: s.language,
		Words: s.shown, Stable: stable,
	})
}

// retract takes back the open segments after the first keep: no words are left for them.
func (p *Policy) retract(d *Decision, keep int) {
	if p.cfg.FinalOnly {
		return // none was shown
	}
	for _, s := range p.open[keep:] {
		d.Updates = append(d.Updates, Update{Segment: s.number, Revision: s.revision + 1, Language: s.language, Retract: true})
	}
	p.open = p.open[:keep]
}

func (p *Policy) openNext() {
	p.open = append(p.open, segment{number: p.next, language: p.language})
	p.next++
}

// shownStable counts the words that open segment i has shown as stable: it can never have fewer.
func (p *Policy) shownStable(i int) int {
	if i >= len(p.open) {
		return 0
	}
	return p.open[i].stable
}

// cut tells how many of words make a whole segment, at least least, or 0 while they may grow.
func (p *Policy) cut(words []subtitle.Word, least int, h subtitle.Hypothesis) int {
	start, chars := words[0].Start, -1
	for i, w := range words {
		chars += 1 + utf8.RuneCountInString(w.Text)
		if i > 0 && p.full(chars, w.End-start, 1) {
			return bestCut(words[:i+1], max(1, least))
		}
		if i+1 < least {
			continue
		}
		if p.ends(words[i:], w.End-start, h) || i+1 < len(words) && p.clauseEnds(w.Text, words[i+1].Text, chars, w.End-start) {
			return i + 1
		}
	}
	if h.Endpoint {
		return len(words)
	}
	return 0
}

// From these parts of its limits on a segment ends with a clause, or before a conjunction: settled words cannot move to the
// next segment any more when the limit is reached.
const (
	clauseShare      = 0.6
	conjunctionShare = 0.7
)

// clauseEnds tells that a segment of so many characters and such length had better end between word and next.
func (p *Policy) clauseEnds(word, next string, chars int, d time.Duration) bool {
	switch q := phrase.Break(word, next); {
	case q >= phrase.Clause:
		return p.full(chars, d, clauseShare)
	case q == phrase.Good && phrase.Joins(next):
		return p.full(chars, d, conjunctionShare)
	}
	return false
}

// full tells that a text goes beyond a share of what a segment may hold.
func (p *Policy) full(chars int, d time.Duration, share float64) bool {
	return float64(chars) > share*float64(p.cfg.Lines*p.cfg.Width) || d.Seconds() > share*p.cfg.Span.Seconds()
}

// ends tells that a sentence or a pause ends the segment after words[0], when it has lasted d by then.
func (p *Policy) ends(words []subtitle.Word, d time.Duration, h subtitle.Hypothesis) bool {
	w := words[0]
	if len(words) == 1 {
		return d >= p.cfg.Shortest && phrase.EndsSentence(w.Text, "") && h.Through-w.End >= p.cfg.Pause
	}
	if words[1].Start-w.End >= p.cfg.Pause {
		return true
	}
	return d >= p.cfg.Shortest && phrase.EndsSentence(w.Text, words[1].Text)
}

// bestCut chooses where to cut before the last of words, with which a segment is too long, and after at least least words: at
// a good boundary, the later the better. By the weights a clause's end is worth half a segment of length.
func bestCut(words []subtitle.Word, least int) int {
	weight := [...]float64{
		phrase.Forbidden: -1, phrase.Poor: -0.4, phrase.Plain: 0, phrase.Good: 0.25,
		phrase.Clause: 0.5, phrase.Sentence: 0.8,
	}
	n := len(words) - 1
	total := float64(max(1, textWidth(words[:n])))
	best, bestScore := max(n, least), -10.0
	for i := least; i <= n; i++ {
		score := float64(textWidth(words[:i]))/total + weight[phrase.Break(words[i-1].Text, words[i].Text)]
		if words[i].Start-words[i-1].End > 200*time.Millisecond {
			score += 0.25
		}
		if score >= bestScore {
			best, bestScore = i, score
		}
	}
	return best
}

func textWidth(words []subtitle.Word) int {
	n := max(0, len(words)-1)
	for _, w := range words {
		n += utf8.RuneCountInString(w.Text)
	}
	return n
}

func sameForms(a, b []subtitle.Word) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Text != b[i].Text {
			return false
		}
	}
	return true
}
