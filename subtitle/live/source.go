package live

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// pull plays a url or demo programme's own source onto its tape, until the source or the programme ends. A source that breaks
// is opened again.
func (p *programme) pull(open func(context.Context, subtitle.Spec) (audio.Source, error)) {
	for pause := retryFirst; p.hearing.Err() == nil; pause = min(2*pause, retryLimit) {
		before := p.tape.received()
		err := p.play(open)
		switch {
		case err == nil:
			p.end(p.cfg.EndWithin)
			return
		case permanent(err):
			p.fail(err)
			return
		}
		if p.ending() || p.hearing.Err() != nil {
			return
		}
		p.cfg.Logger.Warn("source failed; opening it again", "op", "live.pull", "err", err, "stream", p.info.ID)
		if p.tape.received() > before {
			pause = retryFirst
		}
		wait(p.hearing, pause)
	}
}

// play opens the source and plays it to its end.
func (p *programme) play(open func(context.Context, subtitle.Spec) (audio.Source, error)) error {
	src, err := open(p.hearing, p.info.Spec)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer c.Close()
	}
	if f := src.Format(); f != (audio.Format{RateHz: audio.RateHz, Channels: 1}) {
		return fault.Errorf("live.play", fault.Invalid, "source has %d channels at %d Hz: it must be made 16 kHz mono", f.Channels, f.RateHz)
	}
	n, err := p.attach()
	if err != nil {
		return err
	}
	err = p.copy(src)
	p.detach(n, err != nil)
	return err
}

func (p *programme) copy(src audio.Source) error {
	buf := make([]float32, chunk)
	start, played := time.Now(), int64(0)
	for {
		n, err := src.Read(buf)
		if bad := finite(buf[:n]); bad != nil {
			return bad
		}
		if err := p.tape.write(p.hearing, buf[:n]); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		played += int64(n)
		if ahead := audio.Duration(played, audio.RateHz) - time.Since(start); p.info.Spec.Source == subtitle.SourceDemo && ahead > 0 {
			wait(p.hearing, ahead)
		}
	}
}
