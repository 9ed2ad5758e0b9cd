// Package storetest is the contract of the stores: every implementation of subtitle.Log and subtitle.Registry passes it.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// Log checks that a log keeps what subtitle.Log promises. open gives an empty log of the test's own.
func Log(t *testing.T, open func(t *testing.T) subtitle.Log) {
	for _, c := range []struct {
		name string
		test func(*testing.T, subtitle.Log)
	}{
		{"empty programme is at 0", logIsEmpty},
		{"events come back as they were", logKeepsEvents},
		{"stale writer is fenced", logFences},
		{"one of many writers wins", logRaces},
		{"append is all or nothing", logIsAtomic},
		{"read begins after seq", logReadsAfter},
		{"reader waits for new events", logFollows},
		{"reader ends with its context", logReaderCancelled},
		{"programmes are apart", logSeparates},
		{"removed programme is empty", logRemoves},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func event(seq int64) subtitle.Event {
	ms := time.Millisecond
	return subtitle.Event{
		Seq: seq, Type: subtitle.EventSegment, Segment: fmt.Sprint("s", seq), Revision: 1, Language: "kk", SourceLanguage: "kk",
		Text: "Сәлем \"дүние\"", Stable: 1, Start: time.Duration(seq) * 100 * ms, End: time.Duration(seq)*100*ms + 900*ms,
		Time:  time.Date(2026, 11, 22, 1, 2, 3, int(seq)*1000, time.UTC),
		Words: []subtitle.Word{{Text: "Сәлем", Start: 1 * ms, End: 20 * ms, Confidence: 0.125, Final: true}, {Text: "\"дүние\""}},
	}
}

func events(from, to int64) []subtitle.Event {
	var all []subtitle.Event
	for seq := from; seq <= to; seq++ {
		all = append(all, event(seq))
	}
	return all
}

func mustAppend(t *testing.T, l subtitle.Log, programme string, from, to int64) {
	t.Helper()
	if err := l.Append(t.Context(), programme, from-1, events(from, to)); err != nil {
		t.Fatal(err)
	}
}

func mustLast(t *testing.T, l subtitle.Log, programme string, want int64) {
	t.Helper()
	if got, err := l.Last(t.Context(), programme); err != nil || got != want {
		t.Fatalf("last of %s: %d, %v, want %d", programme, got, err, want)
	}
}

// mustRead reads the events from..to, which must be all that a reader after from-1 gets first.
func mustRead(t *testing.T, r subtitle.Events, from, to int64) {
	t.Helper()
	for seq := from; seq <= to; seq++ {
		got, err := r.Next(t.Context())
		if err != nil {
			t.Fatalf("event %d: %v", seq, err)
		}
		if diff := cmp.Diff(event(seq), got); diff != "" {
			t.Fatalf("event %d: %s", seq, diff)
		}
	}
}

func open(t *testing.T, l subtitle.Log, programme string, after int64) subtitle.Events {
	t.Helper()
	r, err := l.Read(t.Context(), programme, after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func logIsEmpty(t *testing.T, l subtitle.Log) { mustLast(t, l, "none", 0) }

func logKeepsEvents(t *testing.T, l subtitle.Log) {
	mustAppend(t, l, "p", 1, 3)
	mustAppend(t, l, "p", 4, 4)
	mustLast(t, l, "p", 4)
	mustRead(t, open(t, l, "p", 0), 1, 4)
}

func logFences(t *testing.T, l subtitle.Log) {
	mustAppend(t, l, "p", 1, 2)
	for _, last := range []int64{0, 1, 3} {
		if err := l.Append(t.Context(), "p", last, events(last+1, last+1)); fault.KindOf(err) != fault.Exists {
			t.Errorf("append after %d: %v, want kind exists", last, err)
		}
	}
	mustLast(t, l, "p", 2)
	mustAppend(t, l, "p", 3, 3)
}

func logRaces(t *testing.T, l subtitle.Log) {
	mustAppend(t, l, "p", 1, 1)
	errs := make([]error, 8)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			mine := event(2)
			mine.Message = fmt.Sprint("writer ", i) // an append of the same events might be a repetition
			errs[i] = l.Append(t.Context(), "p", 1, []subtitle.Event{mine})
		})
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if fault.KindOf(err) != fault.Exists {
			t.Errorf("a writer that lost: %v, want kind exists", err)
		}
	}
	if won != 1 {
		t.Errorf("%d writers won", won)
	}
	mustLast(t, l, "p", 2)
}

func logIsAtomic(t *testing.T, l subtitle.Log) {
	wrong := events(1, 3)
	wrong[2].Seq = 7
	if err := l.Append(t.Context(), "p", 0, wrong); fault.KindOf(err) != fault.Invalid {
		t.Errorf("numbers with a hole: %v, want kind invalid", err)
	}
	mustLast(t, l, "p", 0)
	if err := l.Append(t.Context(), "p", 0, nil); err != nil {
		t.Errorf("no events: %v", err)
	}
	mustLast(t, l, "p", 0)
}

func logReadsAfter(t *testing.T, l subtitle.Log) {
	for seq := int64(1); seq < 100; seq += 3 {
		mustAppend(t, l, "p", seq, seq+2)
		mustAppend(t, l, "other", seq, seq+2)
	}
	for _, after := range []int64{0, 1, 2, 3, 50, 51, 98} {
		mustRead(t, open(t, l, "p", after), after+1, 99)
	}
}

func logFollows(t *testing.T, l subtitle.Log) {
	mustAppend(t, l, "p", 1, 1)
	early, late := open(t, l, "p", 0), open(t, l, "p", 2)
	mustRead(t, early, 1, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		mustAppend(t, l, "p", 2, 2)
		mustAppend(t, l, "p", 3, 4)
	}()
	mustRead(t, early, 2, 4)
	mustRead(t, late, 3, 4)
	<-done
}

func logReaderCancelled(t *testing.T, l subtitle.Log) {
	mustAppend(t, l, "p", 1, 1)
	r := open(t, l, "p", 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := r.Next(ctx)
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	mustAppend(t, l, "p", 2, 2)
	mustRead(t, r, 2, 2)
}

func logSeparates(t *testing.T, l subtitle.Log) {
	mustAppend(t, l, "p", 1, 2)
	mustAppend(t, l, "q", 1, 1)
	mustLast(t, l, "q", 1)
	mustAppend(t, l, "q", 2, 3)
	mustRead(t, open(t, l, "q", 0), 1, 3)
	mustRead(t, open(t, l, "p", 0), 1, 2)
}

func logRemoves(t *testing.T, l subtitle.Log) {
	mustAppend(t, l, "p", 1, 2)
	mustAppend(t, l, "q", 1, 2)
	if err := l.Remove(t.Context(), "p"); err != nil {
		t.Fatal(err)
	}
	mustLast(t, l, "p", 0)
	mustLast(t, l, "q", 2)
	mustAppend(t, l, "p", 1, 1)
	mustRead(t, open(t, l, "p", 0), 1, 1)
	if err := l.Remove(t.Context(), "absent"); err != nil {
		t.Errorf("removing an absent programme: %v", err)
	}
}
