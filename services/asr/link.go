package asr

import (
	"context"
	"errors"
	"io"
	"time"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	asrv1 "github.com/dauys/dauys/proto/dauys/asr/v1"
	"github.com/dauys/dauys/services/faults"
	"github.com/dauys/dauys/services/transport"
)

// link is one connection of a live stream; its own times begin at base.
type link struct {
	rpc    *connect.BidiStreamForClient[asrv1.StreamRequest, asrv1.StreamResponse]
	cancel context.CancelFunc
	base   time.Duration
}

// dial opens a link that begins at the first sample not committed.
func (s *stream) dial() (*link, error) {
	prompt := s.opts.Prompt
	s.Look(func() {
		if s.prompt != "" {
			prompt = s.prompt
		}
	})
	ctx, cancel := context.WithCancel(s.ctx)
	l := &link{rpc: s.client.rpc.Stream(ctx), cancel: cancel}
	start := &asrv1.StreamStart{
		Model: s.opts.Model, Languages: s.opts.Languages, Prompt: prompt, HotWords: s.opts.HotWords,
		StepMs: toMS(s.opts.Step), Beam: uint32(max(s.opts.Beam, 0)),
	}
	_ = l.rpc.Send(&asrv1.StreamRequest{Message: &asrv1.StreamRequest_Start{Start: start}}) // a failure shows in Receive
	m, err := l.rpc.Receive()
	if err == nil && m.GetReady() == nil {
		err = connect.NewError(connect.CodeInternal, errors.New("the service did not begin with ready"))
	}
	if err != nil {
		l.close()
		return nil, err
	}
	s.Change(func() {
		l.base = audio.Duration(s.first, audio.RateHz)
		s.sent, s.commits, s.linked = s.first, nil, true
	})
	return l, nil
}

// close breaks the link off; nobody may send any more.
func (l *link) close() {
	l.cancel()
	_ = l.rpc.CloseRequest()
	_ = l.rpc.CloseResponse()
}

// run carries the stream over one link after another until it is flushed, refused, given up or closed.
func (s *stream) run(l *link) {
	defer close(s.done)
	defer close(s.hyps)
	seq := int64(0)
	var err error
	for {
		err = s.carry(l, &seq)
		s.Change(func() { s.linked, s.sent = false, s.first })
		if s.isClosing() {
			err = connect.NewError(connect.CodeCanceled, context.Canceled)
			s.cancel()
		}
		if s.ctx.Err() != nil || errors.Is(err, io.EOF) || !faults.Lost(err) {
			break
		}
		s.client.log.Warn("live stream lost its link, connecting again", "op", "asr.Stream", "kind", "unavailable")
		if l, err = s.redial(); err != nil {
			break
		}
	}
	if !errors.Is(err, io.EOF) {
		err = s.client.fault(s.ctx, "asr.Stream", err)
	}
	s.Change(func() { s.err = err })
}

func (s *stream) isClosing() (yes bool) {
	s.Look(func() { yes = s.closing })
	return yes
}

// redial opens a new link.
func (s *stream) redial() (l *link, err error) {
	err = transport.Redial(s.ctx,
		func() (err error) { l, err = s.dial(); return err },
		func(err error) bool { // the old link's slot may not be free yet
			return faults.Lost(err) || connect.CodeOf(err) == connect.CodeResourceExhausted
		})
	return l, err
}

// carry sends and receives on one link until it ends; io.EOF says that everything was heard.
func (s *stream) carry(l *link, seq *int64) error {
	sendCtx, stop := context.WithCancel(s.ctx)
	sender := make(chan struct{})
	go func() {
		defer close(sender)
		s.send(sendCtx, l)
	}()
	err := s.receive(l, seq)
	stop()
	l.cancel()
	<-sender
	l.close()
	s.Look(func() {
		if errors.Is(err, io.EOF) && !s.ended {
			err = connect.NewError(connect.CodeUnavailable, errors.New("the service ended the stream before its sound"))
		}
	})
	return err
}

// send gives the link commits, sound and the end, in this order, as they come; after the end commits only. Close closes
// the sending side.
func (s *stream) send(ctx context.Context, l *link) {
	for ended := false; ; {
		var next []*asrv1.StreamRequest
		closing := false
		take := func() (bool, error) {
			if closing = s.closing; closing {
				return true, nil
			}
			next = s.takeCommitsLocked(l.base)
			if !ended {
				var m *asrv1.StreamRequest
				if m, ended = s.takeSoundLocked(); m != nil {
					next = append(next, m)
				}
			}
			return len(next) > 0, nil
		}
		if s.Until(ctx, take) != nil {
			return
		}
		if closing {
			_ = l.rpc.CloseRequest() // the service lets go and ends the answer
			return
		}
		for _, m := range next {
			if l.rpc.Send(m) != nil { // why shows in Receive
				return
			}
		}
	}
}

// takeSoundLocked takes the next sound that the link does not have yet, or the end once all is sent.
func (s *stream) takeSoundLocked() (m *asrv1.StreamRequest, end bool) {
	from := s.sent - s.first
	if from == int64(len(s.sound)) {
		if s.ended {
			m = &asrv1.StreamRequest{Message: &asrv1.StreamRequest_End{End: &asrv1.StreamEnd{}}}
		}
		return m, s.ended
	}
	to := min(from+partSamples, int64(len(s.sound)))
	s.sent = s.first + to
	sound := &asrv1.Audio{PcmF32Le: packSamples(s.sound[from:to])}
	return &asrv1.StreamRequest{Message: &asrv1.StreamRequest_Audio{Audio: sound}}, false
}

// takeCommitsLocked takes the commits that the link does not have yet.
func (s *stream) takeCommitsLocked(base time.Duration) (out []*asrv1.StreamRequest) {
	for _, c := range s.commits {
		m := &asrv1.Commit{AtMs: toMS(max(0, c.at-base)), Words: wordsToProto(c.words, -base)}
		out = append(out, &asrv1.StreamRequest{Message: &asrv1.StreamRequest_Commit{Commit: m}})
	}
	s.commits = nil
	return out
}

// receive hands hypotheses to Next, numbered across links.
func (s *stream) receive(l *link, seq *int64) error {
	for {
		m, err := l.rpc.Receive()
		if err != nil {
			return err
		}
		h := m.GetHypothesis()
		if h == nil {
			continue // newer services may say more
		}
		*seq++
		next := hypothesisFromProto(h, l.base)
		if next.Through < s.through {
			continue // a new link hears again what the one before has told
		}
		s.through = next.Through
		next.Seq = *seq
		select {
		case s.hyps <- next:
		case <-s.closes: // read on, to the end of the answer
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
}

var _ asr.Stream = (*stream)(nil)
