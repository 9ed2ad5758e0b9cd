package asr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// counted is a recogniser whose words are the sound: second k of a recording holds samples of k/1000 and is heard as "wk".
// So a second that is lost, doubled or moved on its way shows in the words.
type counted struct {
	slots int // live streams at a time, 0 = any

	mu      sync.Mutex
	open    int
	options []asr.StreamOptions
}

// second gives the sound of second k.
func second(k int) []float32 {
	s := make([]float32, audio.RateHz)
	for i := range s {
		s[i] = float32(k) / 1000
	}
	return s
}

func hear(sound []float32) string { return fmt.Sprintf("w%d", int(math.Round(float64(sound[0])*1000))) }

func (c *counted) Models(context.Context) ([]asr.ModelInfo, error) {
	return []asr.ModelInfo{{ID: "counted", Family: "fake", Languages: []string{"en", "kk"}, Default: true, Note: "hears numbers"}}, nil
}

func (c *counted) Recognize(ctx context.Context, src audio.Source, opts asr.Options) (*asr.Transcript, error) {
	if opts.Model == "absent" {
		return nil, fault.Errorf("counted.Recognize", fault.NotFound, "model absent: dauys models pull absent")
	}
	if opts.Model == "broken" {
		panic("broken engine")
	}
	if len(opts.Languages) > 0 && opts.Languages[0] == "xx" {
		return nil, fault.Errorf("counted.Recognize", fault.Invalid, "language xx: use kk, ru or en")
	}
	var sound []float32
	buf := make([]float32, 4096)
	for {
		n, err := src.Read(buf)
		sound = append(sound, buf[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	frame := src.Format().RateHz * src.Format().Channels
	tr := &asr.Transcript{Model: "counted", Language: "en", Duration: audio.Duration(int64(len(sound)/src.Format().Channels), src.Format().RateHz)}
	for k := 0; (k+1)*frame <= len(sound); k++ {
		at := time.Duration(k) * time.Second
		seg := asr.Segment{Start: at, End: at + time.Second, Text: hear(sound[k*frame:]), Language: "en", Tokens: []int32{int32(k)}, AvgLogProb: -0.25}
		if opts.WordTimes {
			seg.Words = []asr.Word{{Text: seg.Text, Start: at + 333333333, End: at + time.Second, Confidence: 0.5}}
		}
		if opts.Progress != nil {
			opts.Progress(seg.End, tr.Duration)
		}
		if opts.OnSegment == nil {
			tr.Segments = append(tr.Segments, seg)
		} else if err := opts.OnSegment(seg); err != nil {
			return nil, err
		}
	}
	return tr, ctx.Err()
}

func (c *counted) Stream(_ context.Context, opts asr.StreamOptions) (asr.Stream, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if opts.Model == "absent" {
		return nil, fault.Errorf("counted.Stream", fault.NotFound, "model absent: dauys models pull absent")
	}
	if c.slots > 0 && c.open >= c.slots {
		return nil, fault.Errorf("counted.Stream", fault.Exhausted, "all %d slots are taken: try later", c.slots)
	}
	c.open++
	c.options = append(c.options, opts)
	return &countedStream{owner: c, changed: make(chan struct{})}, nil
}

func (c *counted) seen() []asr.StreamOptions {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]asr.StreamOptions(nil), c.options...)
}

// countedStream gives a hypothesis for each whole second, from the last commit on.
type countedStream struct {
	owner *counted

	mu      sync.Mutex
	changed chan struct{}
	sound   []float32
	told    int // seconds
	seq     int64
	settled time.Duration
	ended   bool
	last    bool // the hypothesis after the end was given; Next's alone
	closed  bool
}

func (s *countedStream) update(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *countedStream) Write(ctx context.Context, samples []float32) error {
	for {
		s.mu.Lock()
		changed, room := s.changed, len(s.sound)-s.told*audio.RateHz <= 10*audio.RateHz
		over := s.ended
		s.mu.Unlock()
		switch {
		case over:
			return fault.Errorf("counted.Write", fault.Invalid, "the writing side is closed")
		case room:
			s.update(func() { s.sound = append(s.sound, samples...) })
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *countedStream) CloseWrite() error {
	s.update(func() { s.ended = true })
	return nil
}

func (s *countedStream) Commit(_ context.Context, at time.Duration, _ []asr.Word) (err error) {
	s.update(func() {
		if at < s.settled {
			err = fault.Errorf("counted.Commit", fault.Invalid, "commit at %v is behind %v", at, s.settled)
		}
		s.settled = at
	})
	return err
}

func (s *countedStream) Close() error {
	s.update(func() {
		if !s.closed {
			s.closed = true
			s.owner.mu.Lock()
			s.owner.open--
			s.owner.mu.Unlock()
		}
	})
	return nil
}

func (s *countedStream) Next(ctx context.Context) (asr.Hypothesis, error) {
	for {
		s.mu.Lock()
		changed, whole, ended, closed := s.changed, (s.told+1)*audio.RateHz <= len(s.sound), s.ended, s.closed
		s.mu.Unlock()
		switch {
		case closed:
			return asr.Hypothesis{}, fault.Errorf("counted.Next", fault.Canceled, "the stream is closed")
		case whole || ended && !s.last:
			var h asr.Hypothesis
			s.update(func() { h = s.hypothesis(whole) })
			return h, nil
		case ended:
			return asr.Hypothesis{}, io.EOF
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return asr.Hypothesis{}, ctx.Err()
		}
	}
}

// hypothesis hears one second more, or what is left at the end.
func (s *countedStream) hypothesis(whole bool) asr.Hypothesis {
	s.seq++
	h := asr.Hypothesis{Seq: s.seq, From: s.settled, Language: "en", Speech: true, Endpoint: !whole}
	h.Through = audio.Duration(int64(len(s.sound)), audio.RateHz)
	if whole {
		s.told++
		h.Through = time.Duration(s.told) * time.Second
	}
	s.last = !whole
	h.From = min(h.From, h.Through)
	for k := int((s.settled + time.Second - 1) / time.Second); k < s.told; k++ {
		at := time.Duration(k) * time.Second
		h.Words = append(h.Words, asr.Word{Text: hear(s.sound[k*audio.RateHz:]), Start: at, End: at + time.Second, Confidence: 0.5})
	}
	return h
}
