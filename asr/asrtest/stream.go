package asrtest

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// begin opens a stream that the test closes.
func begin(t *testing.T, r asr.Recognizer) asr.Stream {
	t.Helper()
	s, err := r.Stream(t.Context(), asr.StreamOptions{Languages: []string{"en"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// say writes sound in messages of 100 ms and closes; the test waits for it.
func say(t *testing.T, s asr.Stream, length time.Duration) {
	t.Helper()
	samples := Bursts(length)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for len(samples) > 0 {
			n := min(audio.RateHz/10, len(samples))
			if err := s.Write(t.Context(), samples[:n]); err != nil {
				return
			}
			samples = samples[n:]
		}
		if err := s.CloseWrite(); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { <-done })
}

func streamToTheEnd(t *testing.T, c Config) {
	const length = 5 * time.Second
	s := begin(t, c.New(t))
	say(t, s, length)
	var last asr.Hypothesis
	readAll(t, s, func(h asr.Hypothesis) {
		if h.Seq <= last.Seq || h.Through < last.Through || h.From < last.From || h.From > h.Through {
			t.Errorf("hypothesis %d %v..%v after %d %v..%v", h.Seq, h.From, h.Through, last.Seq, last.From, last.Through)
		}
		wordsInOrder(t, h)
		last = h
	})
	if last.Through != length || !last.Endpoint {
		t.Errorf("the last hypothesis ends at %v of %v, endpoint %v", last.Through, length, last.Endpoint)
	}
}

func wordsInOrder(t *testing.T, h asr.Hypothesis) {
	t.Helper()
	at := time.Duration(0)
	for _, w := range h.Words {
		if w.Text == "" || w.Start < at || w.End < w.Start || w.Confidence < 0 || w.Confidence > 1 {
			t.Errorf("word %v..%v (%v) after %v", w.Start, w.End, w.Confidence, at)
		}
		at = w.Start
	}
}

func streamCommit(t *testing.T, c Config) {
	s := begin(t, c.New(t))
	say(t, s, 6*time.Second)
	settled := time.Duration(0)
	readAll(t, s, func(h asr.Hypothesis) {
		for _, w := range h.Words {
			if (w.Start+w.End)/2 < settled {
				t.Errorf("word at %v..%v is heard again: %v is settled", w.Start, w.End, settled)
			}
		}
		if err := s.Commit(t.Context(), h.Through, h.Words); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		settled = h.Through
	})
}

func commitBack(t *testing.T, c Config) {
	s := begin(t, c.New(t))
	if err := s.Write(t.Context(), Bursts(3*time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), time.Second, nil); err != nil {
		t.Fatal(err)
	}
	err := s.Commit(t.Context(), time.Second/2, nil)
	for err == nil { // a remote stream tells later
		_, err = s.Next(t.Context())
	}
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid", err)
	}
}

func writeAfterClose(t *testing.T, c Config) {
	s := begin(t, c.New(t))
	if err := s.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), make([]float32, 160)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid", err)
	}
}

// queueSlack is what lies between Write and the newest hypothesis besides the 10 s that may wait: steps under way and
// buffers of a network.
const queueSlack = 12 * time.Second

func boundedQueue(t *testing.T, c Config) {
	s := begin(t, c.New(t))
	var accepted atomic.Int64 // samples
	done := make(chan struct{})
	go func() { // a client that is much faster than real time
		defer close(done)
		for range 45 {
			second := Bursts(time.Second)
			if err := s.Write(t.Context(), second); err != nil {
				t.Error(err)
				return
			}
			accepted.Add(int64(len(second)))
		}
		if err := s.CloseWrite(); err != nil {
			t.Error(err)
		}
	}()
	readAll(t, s, func(h asr.Hypothesis) {
		ahead := audio.Duration(accepted.Load(), audio.RateHz) - h.Through
		if ahead > 10*time.Second+queueSlack {
			t.Errorf("%v were taken ahead of the hypothesis", ahead)
		}
		if err := s.Commit(t.Context(), h.Through, nil); err != nil {
			t.Error(err)
		}
	})
	<-done
}

func blockedWrite(t *testing.T, c Config) {
	s := begin(t, c.New(t))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := 0; ; i++ { // nobody reads
		if i == 8 {
			go cancel()
		}
		if err := s.Write(ctx, Bursts(time.Second)); err != nil {
			if fault.KindOf(err) != fault.Canceled {
				t.Errorf("%v, want canceled", err)
			}
			return
		}
	}
}

func exhausted(t *testing.T, c Config) {
	r := c.New(t)
	streams := make([]asr.Stream, c.Streams)
	for i := range streams {
		streams[i] = begin(t, r)
		if err := streams[i].Write(t.Context(), Bursts(time.Second)); err != nil { // a remote stream is open now
			t.Fatal(err)
		}
		if _, err := streams[i].Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	more, err := r.Stream(t.Context(), asr.StreamOptions{Languages: []string{"en"}})
	if err == nil {
		_, err = more.Next(t.Context())
		more.Close()
	}
	if fault.KindOf(err) != fault.Exhausted {
		t.Fatalf("%v, want exhausted", err)
	}
	if err := streams[0].Close(); err != nil {
		t.Fatal(err)
	}
	s := begin(t, r)
	if err := s.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	readAll(t, s, func(asr.Hypothesis) {})
}

func closedStream(t *testing.T, c Config) {
	s := begin(t, c.New(t))
	read := make(chan error, 1)
	go func() {
		var err error
		for err == nil {
			_, err = s.Next(t.Context())
		}
		read <- err
	}()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-read; errors.Is(err, io.EOF) || err == nil {
		t.Errorf("the reader of a closed stream got %v", err)
	}
}
