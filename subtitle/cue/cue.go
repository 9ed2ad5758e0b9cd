// Package cue cuts words with times into cues for the screen: at most two lines of 42 characters, shown long enough to be
// read (17 characters a second where the speech allows it) and between 5/6 s and 7 s, broken at sentence and clause
// boundaries and never inside a name or a number where another place exists (requirements.md, Broadcasters; Netflix's
// timed text style guide for the numbers).
//
// The cut is the cheapest one by dynamic programming over all words: a bad place, a cue too short or too fast to read, and
// another cue have their price. The lines of a cue are chosen in the same way.
package cue

import (
	"strings"
	"time"

	"github.com/dauys/dauys/subtitle"
)

// Cue is one text on the screen.
type Cue struct {
	Start, End time.Duration
	Lines      []string
}

// Text joins the lines by spaces.
func (c Cue) Text() string { return strings.Join(c.Lines, " ") }

// Segment is a stretch of text with its place in the sound. Where Words is empty, the times of words are guessed from
// their lengths.
type Segment struct {
	Start, End time.Duration
	Text       string
	Words      []subtitle.Word
}

// Options of a cut. The zero value is a good default.
type Options struct {
	Width   int           // characters a line; 0 = 42
	Lines   int           // of a cue; 0 = 2
	CPS     float64       // characters a second that can be read; 0 = 17
	Least   time.Duration // on the screen; 0 = 5/6 s
	Most    time.Duration // on the screen; 0 = 7 s
	Silence time.Duration // no cue spans a pause this long; 0 = 1.5 s
}

func (o Options) withDefaults() Options {
	if o.Width <= 0 {
		o.Width = 42
	}
	if o.Lines <= 0 {
		o.Lines = 2
	}
	if o.CPS <= 0 {
		o.CPS = 17
	}
	if o.Least <= 0 {
		o.Least = 5 * time.Second / 6
	}
	if o.Most <= 0 {
		o.Most = 7 * time.Second
	}
	o.Most = max(o.Most, o.Least)
	if o.Silence <= 0 {
		o.Silence = 1500 * time.Millisecond
	}
	return o
}

// FromEvents gives the final segments of a language among a programme's events, in order of time. With language "" it
// is the spoken one.
func FromEvents(events []subtitle.Event, language string) []Segment {
	place := map[string]int{}
	var out []Segment
	for _, e := range events {
		if e.Type == subtitle.EventRetract {
			if i, ok := place[e.Segment]; ok && (e.Language == language || language == "") {
				out[i].Text = "" // taken back after it was final: an operator's doing
				out[i].Words = nil
			}
			continue
		}
		if e.Type != subtitle.EventSegment || !e.Final || language == "" && e.Language != e.SourceLanguage || language != "" && e.Language != language {
			continue
		}
		s := Segment{Start: e.Start, End: e.End, Text: e.Text, Words: e.Words}
		if i, ok := place[e.Segment]; ok {
			out[i] = s // a later revision
			continue
		}
		place[e.Segment] = len(out)
		out = append(out, s)
	}
	return out
}

// Cut makes cues of segments. Every word is in exactly one of them, in order; cues do not overlap.
func Cut(segments []Segment, o Options) []Cue {
	o = o.withDefaults()
	words := flatten(segments, o.Width)
	ends := o.partition(words)
	cues := make([]Cue, 0, len(ends))
	from := 0
	for _, to := range ends {
		cues = append(cues, Cue{Start: words[from].start, End: words[to-1].end, Lines: o.layout(words[from:to])})
		from = to
	}
	o.time(cues)
	return cues
}

// time lets cues stand as long as they need, where the next one leaves room.
func (o Options) time(cues []Cue) {
	for i := range cues {
		c := &cues[i]
		if i > 0 {
			c.Start = max(c.Start, cues[i-1].End)
		}
		need := max(o.Least, time.Duration(float64(chars(c.Lines))/o.CPS*float64(time.Second)))
		end := min(max(c.End, c.Start+need), c.Start+o.Most)
		if i+1 < len(cues) {
			end = min(end, max(cues[i+1].Start, c.Start+time.Millisecond))
		}
		c.End = max(end, c.Start+time.Millisecond)
	}
}
