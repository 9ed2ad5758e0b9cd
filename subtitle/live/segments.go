package live

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/phrase"
	"github.com/dauys/dauys/subtitle/policy"
)

// publish writes what the policy decided.
func (p *programme) publish(updates []policy.Update) {
	if len(updates) == 0 {
		return
	}
	events := make([]subtitle.Event, len(updates))
	for i, u := range updates {
		events[i] = p.event(u)
	}
	p.write(events...)
	if p.ctx.Err() != nil {
		return
	}
	now := time.Now()
	for _, u := range updates {
		p.words.see(u, now)
	}
}

// event gives the event of an update.
func (p *programme) event(u policy.Update) subtitle.Event {
	e := subtitle.Event{
		Type: subtitle.EventSegment, Segment: segmentID(u.Segment), Revision: u.Revision, Language: p.language(u),
		Stable: u.Stable, Final: u.Final, Words: u.Words,
	}
	if u.Retract {
		e.Type = subtitle.EventRetract
		return e
	}
	e.SourceLanguage = e.Language
	texts := make([]string, len(u.Words))
	for i, w := range u.Words {
		texts[i] = w.Text
		u.Words[i].Final = i < u.Stable
		u.Words[i].Confidence = math.Round(w.Confidence*1000) / 1000
		e.End = max(e.End, w.End)
	}
	e.Text = strings.Join(texts, " ")
	e.Start = u.Words[0].Start
	return e
}

func (p *programme) language(u policy.Update) string {
	if u.Language == "" && p.info.Spec.Language != "auto" {
		return p.info.Spec.Language
	}
	return u.Language
}

func segmentID(n int) string { return "s" + strconv.Itoa(n) }

// segmentNumber is the inverse of segmentID; 0 for what is no such id.
func segmentNumber(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "s"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// watchLag tells viewers when the recogniser falls behind real time, and when it has caught up. A client that sends
// faster than real time makes nobody late.
func (p *programme) watchLag() {
	p.mu.Lock()
	spoken := min(p.tape.received(), p.at+time.Since(p.since))
	if p.source != 0 && p.tape.full() {
		spoken = p.at + time.Since(p.since) // the client is held back: sound waits outside, too
	}
	p.mu.Unlock()
	behind := spoken - p.heard
	switch {
	case !p.late && behind > lagging:
		p.late = true
		p.status("lagging", "the recogniser is "+behind.Round(time.Second).String()+" behind; nothing is lost, subtitles come late")
	case p.late && behind < caughtUp:
		p.late = false
		p.status("caught_up", "subtitles are in time again")
	}
}

// watch measures how long words take from the arrival of their sound to the screen.
type watch struct {
	tape *tape
	tell func(final bool, lag time.Duration)
	open map[int][]sighting
}

// sighting is one word of an open segment: when it was first shown so, and when it became stable.
type sighting struct {
	norm          string
	shown, stable time.Time
}

func newWatch(t *tape, tell func(bool, time.Duration)) *watch {
	return &watch{tape: t, tell: tell, open: map[int][]sighting{}}
}

func (w *watch) see(u policy.Update, now time.Time) {
	old := w.open[u.Segment]
	seen := make([]sighting, len(u.Words))
	for i, word := range u.Words {
		seen[i] = sighting{norm: phrase.Normal(word.Text), shown: now}
		if i < len(old) && old[i].norm == seen[i].norm {
			seen[i] = old[i]
		}
		if i < u.Stable && seen[i].stable.IsZero() {
			seen[i].stable = now
		}
	}
	w.open[u.Segment] = seen
	if !u.Final && !u.Retract {
		return
	}
	delete(w.open, u.Segment)
	for i, word := range u.Words {
		if came, ok := w.tape.arrived(word.End); ok {
			w.tell(false, seen[i].shown.Sub(came))
			w.tell(true, seen[i].stable.Sub(came))
		}
	}
}
