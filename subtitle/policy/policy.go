package policy

import (
	"time"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/phrase"
)

// Update is what a viewer should now see of one segment.
type Update struct {
	Segment  int    // 1, 2, ...; never used again after a retraction
	Revision int    // counts from 1 within the segment
	Language string // of the segment, fixed when it opens
	Words    []subtitle.Word
	Stable   int  // the first Stable words never change again
	Final    bool // all words are stable and the segment is closed
	Retract  bool // the segment was shown and turned out to be nothing
}

// Commit tells the recogniser that the words before At are settled.
type Commit struct {
	At    time.Duration
	Words []subtitle.Word
}

// Decision is the answer to a hypothesis: updates in order, then a commit or nil.
type Decision struct {
	Updates []Update
	Commit  *Commit
}

// Policy is the state between two hypotheses of one programme. It is not safe for concurrent use.
type Policy struct {
	cfg      Config
	next     int             // number of the next segment to open
	open     []segment       // shown and not closed, in order
	language string          // last one heard
	stable   []subtitle.Word // settled words that are not committed
	grey     []subtitle.Word // words shown after them
	last     []subtitle.Word // what the previous hypothesis had after the settled words
	held     bool            // grey words outlived one shorter hypothesis
	loops    int             // looping hypotheses in a row
	border   time.Duration   // last commit
	before   []string        // normal forms of the last words before border, where speech went on across it
}

// New makes a policy whose next segment is number first (1 for a new programme).
func New(cfg Config, first int) (*Policy, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Policy{cfg: cfg, next: max(first, 1)}, nil
}

// Hear takes the next hypothesis and decides.
func (p *Policy) Hear(h subtitle.Hypothesis) Decision {
	words, looped := cutLoop(p.fresh(h))
	if looped || h.Loop {
		p.loops++
		if p.loops == 1 && !h.Endpoint {
			return p.reset(h)
		}
		h.Endpoint = true // it loops again: take what it said once, and skip the audio that makes it loop
	} else {
		p.loops = 0
	}
	if h.Language != "" {
		p.language = h.Language
	}
	tail := words[boundary(p.stable, words):]
	p.settle(tail, p.agreed(tail, h), h)
	return p.arrange(h)
}

// Flush closes everything as it stands, where no more hypotheses will come. It gives no commit.
func (p *Policy) Flush() Decision {
	p.stable = append(append(p.stable, p.grey...), p.last[min(len(p.grey), len(p.last)):]...) // and what Edge hides
	p.grey, p.last = nil, nil
	d := p.arrange(subtitle.Hypothesis{Endpoint: true, Through: p.border})
	d.Commit = nil
	return d
}

// Rebase tells that a new recogniser stream hears on from at: what the old one said last agrees with nothing.
func (p *Policy) Rebase(at time.Duration) {
	p.last, p.loops = nil, 0
	p.border = max(p.border, at)
}

// reset answers the first looping hypothesis: settled words are closed out, the rest is to be heard again.
func (p *Policy) reset(h subtitle.Hypothesis) Decision {
	p.last = nil
	if len(p.stable) == 0 {
		return Decision{}
	}
	p.grey = nil
	end := min(p.stable[len(p.stable)-1].End, h.Through)
	d := p.arrange(subtitle.Hypothesis{Endpoint: true, Through: end})
	d.Commit = p.commit(end, d.Commit.Words, true)
	return d
}

// settle moves the first n words of tail into the stable part and makes the rest the grey words.
func (p *Policy) settle(tail []subtitle.Word, n int, h subtitle.Hypothesis) {
	if k := len(p.stable); k > 0 {
		notBefore(tail, p.stable[k-1].End)
	}
	for i, w := range tail[:n] {
		if i < len(p.last) && i == len(tail)-1 && !h.Endpoint && p.last[i].Text != w.Text {
			w.Text = phrase.TrimEnd(w.Text) // its punctuation was heard once only
		}
		w.Final = true
		p.stable = append(p.stable, w)
	}
	rest := tail[n:]
	known := samePrefix(p.last[min(n, len(p.last)):], rest)
	if k := len(rest) - 1; k >= 0 && k >= known && rest[k].End > h.Through-p.cfg.Edge && p.cfg.Edge > 0 {
		p.grey = p.greyWords(p.grey[min(n, len(p.grey)):], rest[:k], h)
	} else {
		p.grey = p.greyWords(p.grey[min(n, len(p.grey)):], rest, h)
	}
	p.last = rest
	if k := len(p.stable); k > 0 {
		notBefore(p.grey, p.stable[k-1].End)
	}
}

// notBefore moves words that would begin before t.
func notBefore(words []subtitle.Word, t time.Duration) {
	for i := range words {
		words[i].Start = max(words[i].Start, t)
		words[i].End = max(words[i].End, words[i].Start)
	}
}

// greyWords gives what to show of rest, given that old is on the screen at its place.
func (p *Policy) greyWords(old, rest []subtitle.Word, h subtitle.Hypothesis) []subtitle.Word {
	if len(rest) < len(old) && !h.Endpoint && !p.held && samePrefix(rest, old) == len(rest) {
		p.held = true // a shorter hypothesis must come twice before words leave the screen
		return old
	}
	p.held = false
	grey := make([]subtitle.Word, len(rest))
	for i, w := range rest {
		w.Final = false
		if i == len(rest)-1 {
			w.Text = phrase.TrimEnd(w.Text) // its punctuation is a guess at what follows
			if i < len(old) && phrase.Normal(old[i].Text) == phrase.Normal(w.Text) {
				w.Text = old[i].Text
			}
		}
		grey[i] = w
	}
	return grey
}

// commit moves the border to at. With across, speech goes on there, so that the last words may be heard again.
func (p *Policy) commit(at time.Duration, words []subtitle.Word, across bool) *Commit {
	p.border = max(p.border, at)
	p.before = nil
	if across {
		for _, w := range words[max(0, len(words)-maxRepeat):] {
			p.before = append(p.before, phrase.Normal(w.Text))
		}
	}
	return &Commit{At: p.border, Words: words}
}
