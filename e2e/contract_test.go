package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// checkEvents holds a programme's events against the contract of docs/format/events.md.
func checkEvents(t *testing.T, events []event) {
	t.Helper()
	type key struct{ segment, language string }
	before := map[key]event{}
	seq := int64(0)
	for i, e := range events {
		if e.Seq <= seq {
			t.Errorf("seq %d after %d", e.Seq, seq)
		}
		seq = e.Seq
		if _, err := time.Parse(time.RFC3339, e.Time); err != nil {
			t.Errorf("event %d: time: %v", e.Seq, err)
		}
		if e.Type == "end" && i != len(events)-1 {
			t.Errorf("event %d: %d more come after the end", e.Seq, len(events)-1-i)
		}
		if e.Type != "segment" {
			continue
		}
		k := key{e.Segment, e.Language}
		checkSegment(t, e)
		if old, ok := before[k]; ok {
			checkRevision(t, old, e)
		} else if e.Revision != 1 {
			t.Errorf("%s begins with revision %d", e.Segment, e.Revision)
		}
		before[k] = e
	}
	for k, e := range before {
		if !e.Final && len(events) > 0 && events[len(events)-1].Type == "end" {
			t.Errorf("segment %s was never closed: %s", k.segment, e.raw)
		}
	}
}

// checkSegment looks at one event by itself.
func checkSegment(t *testing.T, e event) {
	t.Helper()
	fields := strings.Fields(e.Text)
	switch {
	case e.Segment == "" || e.Language == "":
		t.Errorf("a segment without id or language: %s", e.raw)
	case strings.Join(fields, " ") != e.Text:
		t.Errorf("words are not separated by one space: %s", e.raw)
	case len(fields) != len(e.Words):
		t.Errorf("%d words in text, %d in words: %s", len(fields), len(e.Words), e.raw)
	case e.Stable < 0 || e.Stable > len(fields):
		t.Errorf("stable is beyond the words: %s", e.raw)
	case e.Final && e.Stable != len(fields):
		t.Errorf("final, and not all is stable: %s", e.raw)
	case e.EndMS < e.StartMS || e.StartMS < 0:
		t.Errorf("times run backwards: %s", e.raw)
	}
}

// checkRevision looks at what one event changes of the one before it.
func checkRevision(t *testing.T, old, e event) {
	t.Helper()
	was, now := strings.Fields(old.Text), strings.Fields(e.Text)
	switch {
	case old.Final:
		t.Errorf("%s changes after it was final: %s", e.Segment, e.raw)
	case e.Revision <= old.Revision:
		t.Errorf("%s: revision %d after %d", e.Segment, e.Revision, old.Revision)
	case e.Stable < old.Stable:
		t.Errorf("%s: stable %d after %d", e.Segment, e.Stable, old.Stable)
	case !slices.Equal(was[:old.Stable], now[:min(old.Stable, len(now))]):
		t.Errorf("%s: stable words changed from %q to %q", e.Segment, old.Text, e.Text)
	}
}

// finals is the text of the closed segments.
func finals(events []event) string {
	var text []string
	for _, e := range events {
		if isFinal(e) {
			text = append(text, e.Text)
		}
	}
	return strings.Join(text, " ")
}

// checkDemo wants nearly all words of the demonstration (Whisper base mishears some).
func checkDemo(t *testing.T, events []event) {
	t.Helper()
	found, all := spokenWords(finals(events))
	t.Logf("%d of %d words of the demonstration", found, all)
	if found*100 < all*90 {
		t.Errorf("only %d of %d words are in %q", found, all, finals(events))
	}
}

// sameEvents wants two readers to have got the same.
func sameEvents(t *testing.T, what string, got, want []event) {
	t.Helper()
	text := func(e event) string { return e.raw }
	a, b := make([]string, len(got)), make([]string, len(want))
	for i, e := range got {
		a[i] = text(e)
	}
	for i, e := range want {
		b[i] = text(e)
	}
	if !slices.Equal(a, b) {
		t.Errorf("%s: %d events, %d are in the log\n%s\n---\n%s", what, len(a), len(b), strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}
