package asr

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/services/await"
)

// What a live stream holds while it is carried.
const (
	keepSamples = 60 * audio.RateHz // sound kept for sending again after a reconnect
	sendAhead   = 2 * audio.RateHz  // Write blocks while more waits to be sent on a good link
	partSamples = audio.RateHz / 2  // the most in one message
	promptRunes = 600               // of committed words that a new link gets as prompt
	hypsAhead   = 2                 // hypotheses that wait for Next; then the link is not read
	closeWithin = 5 * time.Second   // Close gives up waiting for the service to give the slot back
)

// stream is a live stream that outlives its links. One goroutine (run) owns the present link; its Cell guards what
// callers and links share.
type stream struct {
	client *Client
	opts   asr.StreamOptions
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // run has ended
	hyps   chan asr.Hypothesis
	closes chan struct{} // closed by Close

	through time.Duration // the sound that Next was told of; run's alone

	await.Cell           // guards what follows
	sound      []float32 // not yet committed
	first      int64     // place of sound[0] in the stream
	sent       int64     // place up to which the present link has sound
	linked     bool
	commits    []commit // that the present link does not have
	settled    time.Duration
	prompt     string // the last committed words
	ended      bool   // CloseWrite
	closing    bool   // Close
	err        error  // why the stream is over; io.EOF = flushed
}

// commit is what Commit said.
type commit struct {
	at    time.Duration
	words []asr.Word
}

// Stream opens a live stream; ctx bounds its life.
func (c *Client) Stream(ctx context.Context, opts asr.StreamOptions) (asr.Stream, error) {
	own, cancel := context.WithCancel(ctx)
	s := &stream{
		client: c, opts: opts, ctx: own, cancel: cancel, done: make(chan struct{}),
		hyps: make(chan asr.Hypothesis, hypsAhead), closes: make(chan struct{}),
	}
	l, err := s.dial()
	if err != nil {
		cancel()
		return nil, c.fault(ctx, "asr.Stream", err)
	}
	go s.run(l)
	return s, nil
}

// Write keeps the samples until they are committed and lets the link send them.
func (s *stream) Write(ctx context.Context, samples []float32) error {
	for len(samples) > 0 {
		n := min(len(samples), partSamples)
		if err := s.Until(ctx, func() (bool, error) {
			room, err := s.roomLocked()
			if room {
				s.sound = append(s.sound, samples[:n]...)
				s.trimLocked()
			}
			return room, err
		}); err != nil {
			return fault.E("asr.Write", fault.Other, err)
		}
		samples = samples[n:]
	}
	return nil
}

// roomLocked tells whether Write may go on: a good link sends at once, a broken one may come back.
func (s *stream) roomLocked() (bool, error) {
	if s.ended {
		return false, fault.Errorf("asr.Write", fault.Invalid, "the stream's writing side is closed")
	}
	if s.err != nil {
		return false, s.overLocked()
	}
	limit := int64(keepSamples)
	if s.linked {
		limit = sendAhead
	}
	return s.end()-s.sent < limit, nil
}

// trimLocked forgets the oldest sound that was sent where more than 60 s are not committed; it cannot be sent again.
func (s *stream) trimLocked() {
	over := min(int64(len(s.sound))-keepSamples, s.sent-s.first)
	if over >= audio.RateHz { // a second at a time, as it copies
		s.sound = append(s.sound[:0:0], s.sound[over:]...)
		s.first += over
	}
}

// end is the place after the newest sample.
func (s *stream) end() int64 { return s.first + int64(len(s.sound)) }

// CloseWrite says that no more sound comes.
func (s *stream) CloseWrite() error {
	s.Change(func() { s.ended = true })
	return nil
}

// Next gives the next hypothesis of any link, without words that were committed since it was made.
func (s *stream) Next(ctx context.Context) (asr.Hypothesis, error) {
	select {
	case h, ok := <-s.hyps:
		if ok {
			s.Look(func() { h = settle(h, s.settled) })
			return h, nil
		}
		var err error
		s.Look(func() { err = s.err }) // io.EOF stays what it is
		return asr.Hypothesis{}, err
	case <-ctx.Done():
		return asr.Hypothesis{}, fault.E("asr.Next", fault.Other, ctx.Err())
	}
}

// settle takes out of a hypothesis what lies before a commit.
func settle(h asr.Hypothesis, settled time.Duration) asr.Hypothesis {
	for len(h.Words) > 0 && (h.Words[0].Start+h.Words[0].End)/2 < settled {
		h.Words = h.Words[1:]
	}
	h.From, h.Through = max(h.From, settled), max(h.Through, settled)
	return h
}

// Commit forgets the sound before at and passes the commit on.
func (s *stream) Commit(_ context.Context, at time.Duration, words []asr.Word) (err error) {
	s.Change(func() { err = s.commitLocked(at, words) })
	return err
}

func (s *stream) commitLocked(at time.Duration, words []asr.Word) error {
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		return s.err
	}
	if at < s.settled || audio.Samples(at, audio.RateHz) > s.end() {
		return fault.Errorf("asr.Commit", fault.Invalid, "commit at %v: it must lie between the earlier commit (%v) and the end of the sound (%v)",
			at, s.settled, audio.Duration(s.end(), audio.RateHz))
	}
	s.settled = at
	if n := audio.Samples(at, audio.RateHz) - s.first; n > 0 {
		s.sent = max(s.sent, s.first+n)
		s.sound, s.first = s.sound[n:], s.first+n
	}
	for _, w := range words {
		s.prompt += " " + w.Text
	}
	if runes := []rune(s.prompt); len(runes) > promptRunes {
		s.prompt = string(runes[len(runes)-promptRunes:])
	}
	s.prompt = strings.TrimSpace(s.prompt)
	s.commits = append(s.commits, commit{at: at, words: words})
	return nil
}

// overLocked is what calls after the end get.
func (s *stream) overLocked() error {
	if errors.Is(s.err, io.EOF) {
		return fault.Errorf("asr.Stream", fault.Invalid, "the stream has ended")
	}
	return s.err
}

// Close gives the slot back and waits until nothing of the stream runs, here and, where the link is good, in the service.
func (s *stream) Close() error {
	s.Change(func() {
		if !s.closing {
			s.closing = true
			close(s.closes)
		}
		if !s.linked {
			s.cancel() // nobody to tell
		}
	})
	patience := time.NewTimer(closeWithin)
	defer patience.Stop()
	select {
	case <-s.done:
	case <-patience.C:
	}
	s.cancel()
	<-s.done
	return nil
}
