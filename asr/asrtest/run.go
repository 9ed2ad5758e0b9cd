package asrtest

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/fault"
)

// Config of the suite.
type Config struct {
	// New makes the recogniser of one test; the test closes nothing, so use t.Cleanup.
	New func(t *testing.T) asr.Recognizer
	// Streams is how many live streams the recogniser allows at a time.
	Streams int
}

// Run checks the contract.
func Run(t *testing.T, c Config) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Config)
	}{
		{"one model is the default", defaultModel},
		{"an unknown model is not found", unknownModel},
		{"an unknown language is invalid", unknownLanguage},
		{"a recording has its length and ordered segments", recording},
		{"segments are given as they are known", segmentsAsKnown},
		{"an error of OnSegment ends the recording", segmentError},
		{"a cancelled recording ends", cancelledRecording},
		{"an empty recording is an empty transcript", emptyRecording},
		{"hypotheses follow the sound to its end", streamToTheEnd},
		{"committed words are not heard again", streamCommit},
		{"commits do not go back", commitBack},
		{"write after CloseWrite is invalid", writeAfterClose},
		{"the queue of a stream is bounded", boundedQueue},
		{"a write gives up with its context", blockedWrite},
		{"streams beyond the limit are refused until one closes", exhausted},
		{"a closed stream ends its reader", closedStream},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, c) })
	}
}

func defaultModel(t *testing.T, c Config) {
	all, err := c.New(t).Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defaults := 0
	for _, m := range all {
		if m.ID == "" || len(m.Languages) == 0 {
			t.Errorf("incomplete: %+v", m)
		}
		if m.Default {
			defaults++
		}
	}
	if defaults != 1 {
		t.Errorf("%d of %d models are the default", defaults, len(all))
	}
}

func unknownModel(t *testing.T, c Config) {
	r := c.New(t)
	if _, err := r.Recognize(t.Context(), &Source{}, asr.Options{Model: "absent"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("recording: %v, want not found", err)
	}
	s, err := r.Stream(t.Context(), asr.StreamOptions{Model: "absent"})
	if err == nil { // a remote stream tells when it is used
		_, err = s.Next(t.Context())
		s.Close()
	}
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("stream: %v, want not found", err)
	}
}

func unknownLanguage(t *testing.T, c Config) {
	_, err := c.New(t).Recognize(t.Context(), &Source{Samples: Bursts(time.Second)}, asr.Options{Languages: []string{"xx"}})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid", err)
	}
}

func recording(t *testing.T, c Config) {
	const length = 7 * time.Second
	var done time.Duration
	tr, err := c.New(t).Recognize(t.Context(), &Source{Samples: Bursts(length)}, asr.Options{
		Languages: []string{"en"}, Beam: 1, NoFallback: true, WordTimes: true,
		Progress: func(now, _ time.Duration) { done = max(done, now) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if tr.Duration != length || tr.Language != "en" || tr.Model == "" {
		t.Errorf("%v of %s by %q", tr.Duration, tr.Language, tr.Model)
	}
	if done != length {
		t.Errorf("progress stopped at %v of %v", done, length)
	}
	ordered(t, tr.Segments, length)
}

// ordered checks the times of segments.
func ordered(t *testing.T, segments []asr.Segment, length time.Duration) {
	t.Helper()
	last := time.Duration(0)
	for _, s := range segments {
		if s.Start < last || s.End < s.Start || s.End > length+time.Second {
			t.Errorf("segment %v to %v after %v, of %v", s.Start, s.End, last, length)
		}
		last = s.Start
	}
}

func segmentsAsKnown(t *testing.T, c Config) {
	r := c.New(t)
	o := asr.Options{Languages: []string{"en"}, Beam: 1, NoFallback: true, NoTimestamps: true}
	want, err := r.Recognize(t.Context(), &Source{Samples: Bursts(5 * time.Second)}, o)
	if err != nil {
		t.Fatal(err)
	}
	var got []asr.Segment
	o.OnSegment = func(s asr.Segment) error {
		got = append(got, s)
		return nil
	}
	tr, err := r.Recognize(t.Context(), &Source{Samples: Bursts(5 * time.Second)}, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Segments) != 0 || len(got) != len(want.Segments) {
		t.Fatalf("%d segments in the transcript and %d given, want 0 and %d", len(tr.Segments), len(got), len(want.Segments))
	}
	for i := range got {
		if got[i].Text != want.Segments[i].Text || got[i].Start != want.Segments[i].Start {
			t.Errorf("segment %d differs when it is given early", i)
		}
	}
}

func segmentError(t *testing.T, c Config) {
	r := c.New(t)
	enough := errors.New("disk full")
	given := 0
	_, err := r.Recognize(t.Context(), &Source{Samples: Bursts(5 * time.Second)}, asr.Options{
		Languages: []string{"en"}, Beam: 1, NoFallback: true, NoTimestamps: true, OnSegment: func(asr.Segment) error { given++; return enough },
	})
	if given > 1 {
		t.Errorf("%d segments after an error", given)
	}
	if given == 1 && err == nil {
		t.Error("the error was lost")
	}
}

func cancelledRecording(t *testing.T, c Config) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.New(t).Recognize(ctx, &Source{Samples: Bursts(5 * time.Second)}, asr.Options{Languages: []string{"en"}})
	if fault.KindOf(err) != fault.Canceled {
		t.Errorf("%v, want canceled", err)
	}
}

func emptyRecording(t *testing.T, c Config) {
	r := c.New(t)
	for _, n := range []int{0, 1} {
		tr, err := r.Recognize(t.Context(), &Source{Samples: make([]float32, n)}, asr.Options{Languages: []string{"en"}, Beam: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(tr.Segments) != 0 {
			t.Errorf("%d samples of silence: %d segments", n, len(tr.Segments))
		}
	}
}

// readAll reads a stream to its end.
func readAll(t *testing.T, s asr.Stream, each func(asr.Hypothesis)) {
	t.Helper()
	for {
		h, err := s.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		each(h)
	}
}
