package live

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/policy"
)

// hear lets recognisers hear the tape up to its next cut. One that fails is replaced; sound at which several fail in a row
// is given up and becomes a gap.
func (p *programme) hear() {
	stuck := 0 // failures in a row without a step forward
	for pause := retryFirst; p.tape.kept(); pause = min(2*pause, retryLimit) {
		before := p.heard
		err := p.listen()
		var no refusal
		switch {
		case err == nil || p.hearing.Err() != nil:
			return
		case errors.As(err, &no) && permanent(err):
			p.fail(no.error)
			p.deafen()
			return
		case p.heard > before:
			pause, stuck = retryFirst, 0
		case !errors.As(err, &no):
			stuck++
		}
		p.cfg.Logger.Warn("recogniser failed; trying again", "op", "live.hear", "err", err, "stream", p.info.ID)
		if !p.deaf {
			p.deaf = true
			p.status("recogniser_lost", "the recogniser failed ("+fault.KindOf(err).String()+"); its sound is kept and sent again")
		}
		if stuck == stuckLimit {
			stuck = 0
			p.tape.skip()
		}
		wait(p.hearing, pause)
	}
	p.lostUntil(p.tape.rewind())
}

// refusal is an error of Listen: there was no stream at all.
type refusal struct{ error }

// Unwrap gives the cause.
func (r refusal) Unwrap() error { return r.error }

// permanent tells that another recogniser, or source, would fail in the same way.
func permanent(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Unsupported, fault.NotFound, fault.Denied, fault.Unauthenticated, fault.Corrupt:
		return true
	}
	return false
}

// lostUntil marks the sound between the last commit and at, which is kept no longer, as a gap.
func (p *programme) lostUntil(at time.Duration) {
	if at <= p.settled {
		return
	}
	p.publish(p.policy.Flush().Updates)
	p.gap(p.settled, at, "this sound could not be heard while the recogniser was away")
	p.settled, p.heard = at, max(p.heard, at)
}

// session is one recogniser stream over a stretch of the tape.
type session struct {
	hearing subtitle.Hearing
	tape    *tape
	offset  time.Duration // of the stream's first sample on the timeline
	wake    chan struct{} // a commit waits

	mu      sync.Mutex
	pending *policy.Commit
}

// listen opens a recogniser and works until it has told everything before the tape's next cut.
func (p *programme) listen() error {
	ctx, cancel := context.WithCancel(p.hearing)
	defer cancel()
	h, err := p.cfg.Listener.Listen(ctx, p.options())
	if err != nil {
		return refusal{err}
	}
	defer h.Close()
	s := &session{hearing: h, tape: p.tape, offset: p.tape.rewind(), wake: make(chan struct{}, 1)}
	p.lostUntil(s.offset)
	p.policy.Rebase(s.offset)
	fed := make(chan error, 1)
	go func() {
		err := s.feed(ctx)
		if err != nil {
			cancel()
		}
		fed <- err
	}()
	hypotheses := s.listen(ctx)
	err = p.receive(ctx, s, hypotheses)
	cancel()
	h.Close()
	for range hypotheses { // until Next has returned for good
	}
	if feedErr := <-fed; err != nil && feedErr != nil && !errors.Is(feedErr, context.Canceled) {
		return feedErr // the cause: Next failed because of it
	}
	return err
}

func (p *programme) options() subtitle.ListenOptions {
	spec := p.info.Spec
	o := subtitle.ListenOptions{Model: spec.Model, Prompt: spec.Prompt, HotWords: spec.HotWords}
	if spec.Language != "" && spec.Language != "auto" {
		o.Languages = []string{spec.Language}
	}
	return o
}

// feed hands the tape and commits to the recogniser, until ctx is done.
func (s *session) feed(ctx context.Context) error {
	for closed := false; ; {
		if c := s.take(); c != nil {
			if err := s.hearing.Commit(ctx, c.At-s.offset, s.words(c.Words)); err != nil && !closed {
				return err
			}
			continue
		}
		if closed {
			select {
			case <-s.wake:
				continue
			case <-ctx.Done():
				return nil
			}
		}
		samples, over, err := s.tape.take(ctx, s.wake)
		switch {
		case err != nil:
			return err
		case over:
			closed = true
			err = s.hearing.CloseWrite()
		case len(samples) > 0:
			err = s.hearing.Write(ctx, samples)
		}
		if err != nil {
			return err
		}
	}
}

// commit leaves a commit for the feeder. One that still waits is joined with it.
func (s *session) commit(c policy.Commit) {
	s.mu.Lock()
	if s.pending != nil {
		c.Words = append(s.pending.Words, c.Words...)
	}
	s.pending = &c
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *session) take() *policy.Commit {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.pending
	s.pending = nil
	return c
}

// words moves times from the timeline to the stream.
func (s *session) words(in []subtitle.Word) []subtitle.Word {
	out := make([]subtitle.Word, len(in))
	for i, w := range in {
		w.Start, w.End = max(0, w.Start-s.offset), max(0, w.End-s.offset)
		out[i] = w
	}
	return out
}

// heard is what Next gave.
type heard struct {
	subtitle.Hypothesis
	err error
}

// listen calls Next until it fails or ctx is done, and closes the channel then.
func (s *session) listen(ctx context.Context) <-chan heard {
	hypotheses := make(chan heard)
	go func() {
		defer close(hypotheses)
		for ctx.Err() == nil {
			h, err := s.hearing.Next(ctx)
			select {
			case hypotheses <- heard{h, err}:
			case <-ctx.Done():
			}
			if err != nil {
				return
			}
		}
	}()
	return hypotheses
}

// receive takes hypotheses until the stream ends. It looks for lag also while none come.
func (p *programme) receive(ctx context.Context, s *session, hypotheses <-chan heard) error {
	watch := time.NewTicker(lagCheck)
	defer watch.Stop()
	for {
		select {
		case h, ok := <-hypotheses:
			switch {
			case !ok:
				return ctx.Err()
			case errors.Is(h.err, io.EOF):
				return p.ended()
			case h.err != nil:
				return h.err
			}
			if err := p.take(s, shifted(h.Hypothesis, s.offset)); err != nil {
				return err
			}
		case <-watch.C:
		}
		p.watchLag()
	}
}

// take shows a hypothesis and tells the recogniser what is settled: events are in the log before it may forget their sound.
func (p *programme) take(s *session, h subtitle.Hypothesis) error {
	p.heard = max(p.heard, h.Through)
	if p.deaf {
		p.deaf = false
		p.status("recogniser_back", "the recogniser hears again")
	}
	d := p.policy.Hear(h)
	p.publish(d.Updates)
	if p.ctx.Err() != nil {
		return p.ctx.Err()
	}
	if d.Commit != nil {
		s.commit(*d.Commit)
		p.settle(d.Commit.At)
	}
	p.settle(h.From) // no recogniser goes back behind its window
	return nil
}

// settle lets the tape forget what comes before d.
func (p *programme) settle(d time.Duration) {
	if d > p.settled {
		p.settled = d
		p.tape.commit(d)
	}
}

// ended closes what is open when a stream has ended. A stream that ends before all was heard is a failure.
func (p *programme) ended() error {
	at, over := p.tape.over()
	if !over {
		return fault.Errorf("live.receive", fault.Unavailable, "the recogniser ended before its sound did")
	}
	p.publish(p.policy.Flush().Updates)
	p.heard, p.settled = max(p.heard, at), max(p.settled, at)
	return nil
}

func shifted(h subtitle.Hypothesis, by time.Duration) subtitle.Hypothesis {
	h.From, h.Through = h.From+by, h.Through+by
	words := make([]subtitle.Word, len(h.Words))
	for i, w := range h.Words {
		w.Start, w.End = w.Start+by, w.End+by
		words[i] = w
	}
	h.Words = words
	return h
}
