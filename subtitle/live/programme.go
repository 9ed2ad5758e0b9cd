package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/policy"
)

// programme is one running programme. Its goroutine run writes all its events.
type programme struct {
	cfg    *Config
	tape   *tape
	writer *writer
	policy *policy.Policy
	words  *watch // of the segments that are open

	ctx     context.Context // of everything the programme does, the log included
	cancel  context.CancelFunc
	hearing context.Context // of recognisers and sources; ends before ctx
	deafen  context.CancelFunc
	done    chan struct{} // all of the programme has ended, and its slot is free

	// of run alone
	heard   time.Duration // everything before was heard
	settled time.Duration // last commit
	late    bool          // "lagging" was told
	deaf    bool          // "recogniser_lost" was told

	mu       sync.Mutex
	info     subtitle.Programme
	source   int           // number of the attached source, 0 = none
	sources  int           // sources so far
	since    time.Time     // when the source came
	at       time.Duration // where on the timeline it came
	notices  []notice      // comings and goings that are not told yet
	failure  error         // why the source ended the programme
	stopping bool          // the server stops: the programme will go on after a restart
}

// notice is a source that came, or was lost, at a place on the timeline.
type notice struct {
	came bool
	at   time.Duration
}

func newProgramme(cfg *Config, info subtitle.Programme, first int, last int64) (*programme, error) {
	pol := cfg.Policy
	pol.FinalOnly = pol.FinalOnly || info.Spec.FinalOnly
	decide, err := policy.New(pol, first)
	if err != nil {
		return nil, err
	}
	p := &programme{
		cfg: cfg, tape: newTape(audio.Samples(info.Received, audio.RateHz)), writer: newWriter(cfg, info.ID, last),
		policy: decide, done: make(chan struct{}), info: info, settled: info.Received, heard: info.Received,
	}
	p.words = newWatch(p.tape, cfg.Lag)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.hearing, p.deafen = context.WithCancel(p.ctx)
	return p, nil
}

// run is the life of the programme.
func (p *programme) run() {
	defer p.cancel()
	defer p.deafen()
	p.waiting()
	for p.await() {
		p.hear()
		p.tape.pass()
	}
	p.finish()
	p.writer.leave()
}

// await waits for sound; false when the programme is over. It tells of sources that come and go.
func (p *programme) await() bool {
	var patience <-chan time.Time
	for p.hearing.Err() == nil {
		work, closed, change := p.tape.look()
		attached, told := p.tellNotice()
		switch {
		case told:
			continue
		case work || closed:
			return work
		case attached:
			patience = nil
		case patience == nil:
			timer := time.NewTimer(p.cfg.Wait)
			defer timer.Stop()
			patience = timer.C
		}
		select {
		case <-change:
		case <-p.hearing.Done():
		case <-patience:
			p.fail(fault.Errorf("live.run", fault.Timeout, "no source came within %v", p.cfg.Wait))
		}
	}
	return false
}

// tellNotice tells the next notice, if there is one: of a loss only when the sound before it was heard. It also tells
// whether there is a source.
func (p *programme) tellNotice() (attached, told bool) {
	p.mu.Lock()
	if len(p.notices) == 0 || !p.notices[0].came && p.tape.cutBy(p.notices[0].at) {
		defer p.mu.Unlock()
		return p.source != 0, false
	}
	n := p.notices[0]
	p.notices = p.notices[1:]
	p.mu.Unlock()
	if n.came {
		p.tell(subtitle.StateLive, "live", "a source sends sound")
		return true, true
	}
	p.gap(n.at, n.at, "the source was lost here")
	p.waiting()
	return false, true
}

func (p *programme) waiting() {
	p.tell(subtitle.StateWaiting, "waiting", fmt.Sprintf("no source; waiting %v for one", p.cfg.Wait))
}

// tell writes a status of the programme's state and keeps the state.
func (p *programme) tell(s subtitle.State, code, message string) {
	p.write(subtitle.Event{Type: subtitle.EventStatus, Code: code, Message: message})
	p.save(s)
}

func (p *programme) status(code, message string) {
	p.write(subtitle.Event{Type: subtitle.EventStatus, Code: code, Message: message})
}

func (p *programme) gap(from, to time.Duration, message string) {
	p.write(subtitle.Event{Type: subtitle.EventStatus, Code: "gap", Message: message, Start: from, End: to})
}

// write appends events; when that is not possible, the programme stops.
func (p *programme) write(events ...subtitle.Event) {
	if p.ctx.Err() != nil {
		return
	}
	if err := p.writer.append(p.ctx, events...); err != nil {
		p.cfg.Logger.Error("programme stops: its events cannot be written", "op", "live.write", "err", err, "stream", p.info.ID)
		p.tape.close()
		p.cancel()
	}
}

// save keeps the programme's state for a restart.
func (p *programme) save(s subtitle.State) {
	p.mu.Lock()
	p.info.State = s
	if s == subtitle.StateEnded {
		p.info.Ended = time.Now().UTC()
	}
	info := p.snapshot()
	p.mu.Unlock()
	if err := p.cfg.Registry.Put(context.WithoutCancel(p.ctx), info); err != nil {
		p.cfg.Logger.Error("programme's state cannot be kept", "op", "live.save", "err", err, "stream", info.ID)
	}
}

// snapshot gives what is known now; the caller holds mu.
func (p *programme) snapshot() subtitle.Programme {
	info := p.info
	info.Received, info.LastSeq = p.tape.received(), p.writer.seq()
	if info.State != subtitle.StateEnded {
		info.State = subtitle.StateWaiting
		if p.source != 0 {
			info.State = subtitle.StateLive
		}
	}
	return info
}

func (p *programme) get() subtitle.Programme {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.snapshot()
}

// finish closes what is open and writes the last event.
func (p *programme) finish() {
	p.publish(p.policy.Flush().Updates)
	if end := p.tape.received(); p.heard < end {
		p.gap(p.heard, end, "this sound was not heard in time")
	}
	p.mu.Lock()
	stopping, failure := p.stopping, p.failure
	p.mu.Unlock()
	if stopping {
		p.tell(subtitle.StateWaiting, "stopping", "the server stops; all that was heard is written")
		return
	}
	if failure != nil {
		p.write(subtitle.Event{Type: subtitle.EventError, Code: fault.KindOf(failure).String(), Message: fault.Text(failure)})
	}
	p.write(subtitle.Event{Type: subtitle.EventEnd})
	p.save(subtitle.StateEnded)
}

// fail ends the programme for err.
func (p *programme) fail(err error) {
	p.mu.Lock()
	p.failure = err
	p.mu.Unlock()
	p.tape.close()
}

// attach makes a source the programme's one; its number detaches it.
func (p *programme) attach() (int, error) {
	const op fault.Op = "live.Ingest"
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.ending() || p.stopping:
		return 0, fault.Errorf(op, fault.Unavailable, "programme %s takes no source any more: it is ending", p.info.ID)
	case p.source != 0:
		return 0, fault.Errorf(op, fault.Exists, "programme %s has a source already", p.info.ID)
	}
	p.sources++
	p.source, p.since, p.at = p.sources, time.Now(), p.tape.received()
	p.notices = append(p.notices, notice{true, p.at})
	p.tape.touch()
	return p.source, nil
}

// ending tells whether the programme takes no more sound.
func (p *programme) ending() bool {
	_, closed, _ := p.tape.look()
	return closed
}

// detach takes source n away. Where it is lost and not cut off by the programme's own end, the recogniser is flushed here.
func (p *programme) detach(n int, lost bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.source != n {
		return
	}
	p.source = 0
	if lost && !p.ending() {
		p.notices = append(p.notices, notice{false, p.tape.received()})
		p.tape.cut()
	} else {
		p.tape.close()
	}
}

// attached gives the number of the source, 0 for none, and where on the timeline it came.
func (p *programme) attached() (int, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.source, p.at
}

// end closes the tape and gives recognisers d to flush; negative = as long as it takes.
func (p *programme) end(d time.Duration) {
	p.tape.close()
	if d >= 0 {
		t := time.AfterFunc(d, p.deafen)
		context.AfterFunc(p.ctx, func() { t.Stop() })
	}
}

// stop ends the programme until the server is started again.
func (p *programme) stop() {
	p.mu.Lock()
	p.stopping = true
	p.mu.Unlock()
	p.end(stopFlush)
	t := time.AfterFunc(stopWrite, p.cancel)
	context.AfterFunc(p.ctx, func() { t.Stop() })
}
