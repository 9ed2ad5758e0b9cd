package lag

import (
	"slices"
	"strings"
	"time"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/phrase"
)

// viewer remembers what was on the screen.
type viewer struct {
	segments map[string]*segment
	order    []string // segments that stand, in order of appearance

	changed, respelled, lost, retracted int
}

// segment is one as last shown.
type segment struct {
	words []word
	final bool
}

// word is one at its position: what stands there now, and when what stood there was first seen.
type word struct {
	text          string
	seen          map[string]time.Duration // normal form -> first shown
	shown, stable time.Duration            // of the present form
	settled       bool                     // stable is known
}

func (v *viewer) see(a Arrival) {
	e := a.Event
	switch e.Type {
	case subtitle.EventRetract:
		if s := v.segments[e.Segment]; s != nil {
			v.retracted++
			v.changed += len(s.words)
			v.loseFinals(s, nil)
			delete(v.segments, e.Segment)
			v.order = slices.DeleteFunc(v.order, func(id string) bool { return id == e.Segment })
		}
	case subtitle.EventSegment:
		s := v.segments[e.Segment]
		if s == nil {
			s = &segment{}
			v.segments[e.Segment] = s
			v.order = append(v.order, e.Segment)
		}
		v.update(s, a, texts(e))
	}
}

// texts gives an event's words; clients may send text alone.
func texts(e subtitle.Event) []string {
	if len(e.Words) == 0 {
		return strings.Fields(e.Text)
	}
	all := make([]string, len(e.Words))
	for i, w := range e.Words {
		all[i] = w.Text
	}
	return all
}

// update puts a segment's new words in place of the old ones.
func (v *viewer) update(s *segment, a Arrival, now []string) {
	v.loseFinals(s, now)
	s.final = s.final || a.Event.Final
	v.changed += max(0, len(s.words)-len(now))
	s.words = s.words[:min(len(s.words), len(now))]
	for i, text := range now {
		norm := phrase.Normal(text)
		if i == len(s.words) {
			s.words = append(s.words, word{text: text, seen: map[string]time.Duration{}})
		}
		w := &s.words[i]
		switch {
		case phrase.Normal(w.text) != norm:
			v.changed++
			w.settled = false
		case w.text != text:
			v.respelled++
		}
		if _, known := w.seen[norm]; !known {
			w.seen[norm] = a.At
		}
		w.text, w.shown = text, w.seen[norm]
		if (i < a.Event.Stable || a.Event.Final) && !w.settled {
			w.settled, w.stable = true, a.At
		}
	}
}

// loseFinals counts the words of a closed segment that its next form lacks.
func (v *viewer) loseFinals(s *segment, now []string) {
	if !s.final {
		return
	}
	for i, w := range s.words {
		if i >= len(now) || now[i] != w.text {
			v.lost++
		}
	}
}
