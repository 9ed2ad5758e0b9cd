package engine

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// Limits of a stream.
const (
	defaultStep = 500 * time.Millisecond
	leastStep   = 100 * time.Millisecond
	queueLimit  = 10 * time.Second // that waits to be heard, before Write blocks
	takeLimit   = 4 * time.Second  // heard in one step by a stream that has fallen behind
)

// Stream begins live recognition; see asr.Recognizer. The stream lives until its Close, whatever becomes of ctx.
func (e *Engine) Stream(ctx context.Context, o asr.StreamOptions) (asr.Stream, error) {
	const op = "engine.Stream"
	if o.Beam < 0 || o.Beam > beamOfRecordings {
		return nil, fault.Errorf(op, fault.Invalid, "beam of %d: a live stream takes 1 (greedy) to %d", o.Beam, beamOfRecordings)
	}
	if o.Step == 0 {
		o.Step = defaultStep
	}
	o.Step = max(o.Step, leastStep)
	ctx, leave, err := e.admit(context.WithoutCancel(ctx))
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	ear, err := e.ear(o)
	if err != nil {
		leave()
		return nil, fault.E(op, fault.Other, err)
	}
	s := &stream{
		engine: e, step: samplesIn(o.Step), ear: ear, leave: leave,
		wake: make(chan struct{}, 1), room: make(chan struct{}, 1), out: make(chan asr.Hypothesis), ended: make(chan struct{}),
	}
	ctx, s.stop = context.WithCancelCause(ctx)
	go s.run(ctx)
	return s, nil
}

// ear makes the hearing of a stream.
func (e *Engine) ear(o asr.StreamOptions) (*listener, error) {
	m, err := e.model(o.Model)
	if err != nil {
		return nil, err
	}
	if o.Languages, err = m.languages(o.Languages); err != nil {
		return nil, err
	}
	return newListener(e, m, o)
}

// admit takes a slot for a stream; leave gives it back.
func (e *Engine) admit(ctx context.Context) (work context.Context, leave func(), err error) {
	work, done, err := e.enter(ctx)
	if err != nil {
		return nil, nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.streams >= e.config.Streams {
		done()
		return nil, nil, fault.Errorf("engine.admit", fault.Exhausted, "all %d live streams are in use: try later", e.config.Streams)
	}
	e.streams++
	return work, func() {
		e.mu.Lock()
		e.streams--
		e.mu.Unlock()
		done()
	}, nil
}

// stream is one live recognition. One goroutine hears and reads; Write, Commit and Next talk to it.
type stream struct {
	engine *Engine
	step   int64 // samples
	ear    *listener
	leave  func() // gives the slot back

	stop  context.CancelCauseFunc
	wake  chan struct{} // there is sound, or no more of it, or a commit
	room  chan struct{} // sound was taken
	out   chan asr.Hypothesis
	ended chan struct{} // the goroutine has returned; err is set
	err   error

	mu       sync.Mutex
	queue    []float32
	written  int64 // samples
	arrivals []arrival
	finished bool // CloseWrite
	commit   commit
}

// arrival is when the samples before end had come.
type arrival struct {
	end int64
	at  time.Time
}

// commit is what the caller has settled: all sound before at.
type commit struct {
	at    int64
	words []asr.Word // not taken over yet
}

var errClosed = fault.Errorf("engine.Stream", fault.Canceled, "the stream is closed")

// Write takes samples; see asr.Stream.
func (s *stream) Write(ctx context.Context, samples []float32) error {
	const op = "engine.Write"
	for {
		s.mu.Lock()
		if s.finished {
			s.mu.Unlock()
			return fault.Errorf(op, fault.Invalid, "write after CloseWrite")
		}
		if int64(len(s.queue)) < samplesIn(queueLimit) {
			s.queue = append(s.queue, samples...)
			s.written += int64(len(samples))
			s.arrivals = append(s.arrivals, arrival{s.written, s.engine.config.Now()})
			s.mu.Unlock()
			nudge(s.wake)
			return nil
		}
		s.mu.Unlock()
		select {
		case <-s.room:
		case <-s.ended:
			return fault.E(op, fault.Other, s.err)
		case <-ctx.Done():
			return fault.E(op, fault.Other, context.Cause(ctx))
		}
	}
}

// CloseWrite says that no more sound comes; see asr.Stream.
func (s *stream) CloseWrite() error {
	s.mu.Lock()
	s.finished = true
	s.mu.Unlock()
	nudge(s.wake)
	return nil
}

// Next gives the next hypothesis; see asr.Stream.
func (s *stream) Next(ctx context.Context) (asr.Hypothesis, error) {
	const op = "engine.Next"
	select {
	case h := <-s.out:
		return h, nil
	case <-s.ended:
		if errors.Is(s.err, io.EOF) {
			return asr.Hypothesis{}, io.EOF
		}
		return asr.Hypothesis{}, fault.E(op, fault.Other, s.err)
	case <-ctx.Done():
		return asr.Hypothesis{}, fault.E(op, fault.Other, context.Cause(ctx))
	}
}

// Commit settles words; see asr.Stream.
func (s *stream) Commit(_ context.Context, at time.Duration, words []asr.Word) error {
	const op = "engine.Commit"
	s.mu.Lock()
	defer s.mu.Unlock()
	sample := samplesIn(at)
	if sample < s.commit.at || sample > s.written {
		return fault.Errorf(op, fault.Invalid, "commit at %v: the last was at %v, and %v was written",
			at, audio.Duration(s.commit.at, audio.RateHz), audio.Duration(s.written, audio.RateHz))
	}
	s.commit.at = sample
	s.commit.words = append(s.commit.words, words...)
	return nil
}

// Close gives the slot back; see asr.Stream.
func (s *stream) Close() error {
	s.stop(errClosed)
	<-s.ended
	return nil
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run hears what is written, step by step, until the sound ends or the stream is closed.
func (s *stream) run(ctx context.Context) {
	defer close(s.ended)
	defer s.leave()
	defer s.ear.close()
	switch s.err = s.loop(ctx); {
	case s.err == nil:
		s.err = io.EOF
	case ctx.Err() != nil: // what it interrupted does not matter
		s.err = context.Cause(ctx)
	}
	s.stop(s.err)
}

func (s *stream) loop(ctx context.Context) error {
	var rest []float32 // taken and not heard yet
	final := false     // nothing comes after it
	for {
		if len(rest) == 0 {
			var err error
			if rest, final, err = s.take(ctx, rest); err != nil {
				return err
			}
		}
		s.mu.Lock()
		c := s.commit
		s.commit.words = nil
		s.mu.Unlock()
		n, due, err := s.ear.hear(ctx, rest, c, s.step)
		if err != nil {
			return err
		}
		rest = rest[n:]
		last := final && len(rest) == 0
		if !due && !last {
			continue
		}
		h, err := s.ear.read(ctx, last)
		if err != nil {
			return err
		}
		if err := s.give(ctx, h); err != nil || last {
			return err
		}
	}
}

// take waits until a step is due, or the sound has ended, and takes what was written: final says that it is the last.
func (s *stream) take(ctx context.Context, buffer []float32) (samples []float32, final bool, err error) {
	for {
		s.mu.Lock()
		due := int64(len(s.queue))+s.ear.sinceStep() >= s.step || len(s.queue) >= audio.RateHz/10
		if due && len(s.queue) > 0 || s.finished {
			n := min(len(s.queue), int(samplesIn(takeLimit)))
			buffer = append(buffer[:0], s.queue[:n]...)
			s.queue = s.queue[:copy(s.queue, s.queue[n:])]
			final = s.finished && len(s.queue) == 0
			s.mu.Unlock()
			nudge(s.room)
			return buffer, final, nil
		}
		s.mu.Unlock()
		select {
		case <-s.wake:
		case <-ctx.Done():
			return nil, false, context.Cause(ctx)
		}
	}
}

// give waits for Next. Words that were committed meanwhile are left out.
func (s *stream) give(ctx context.Context, h asr.Hypothesis) error {
	through := samplesIn(h.Through)
	s.mu.Lock()
	h.Words = after(h.Words, s.commit.at)
	h.From = max(h.From, audio.Duration(s.commit.at, audio.RateHz))
	h.Compute = s.engine.config.Now().Sub(s.arrived(through))
	s.mu.Unlock()
	select {
	case s.out <- h:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// arrived is when the samples before end had come; older arrivals are forgotten.
func (s *stream) arrived(end int64) time.Time {
	for len(s.arrivals) > 1 && s.arrivals[0].end < end {
		s.arrivals = s.arrivals[1:]
	}
	if len(s.arrivals) == 0 {
		return s.engine.config.Now()
	}
	return s.arrivals[0].at
}

// after drops the words that were spoken before a sample: those whose middle is.
func after(words []asr.Word, sample int64) []asr.Word {
	for i, w := range words {
		if samplesIn((w.Start+w.End)/2) >= sample {
			return words[i:]
		}
	}
	return nil
}
