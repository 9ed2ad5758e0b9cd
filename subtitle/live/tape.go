package live

import (
	"context"
	"sync"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// tape is a programme's timeline in samples, from the last commit to the newest one.
//
//	base            sent          high               end
//	 |  kept, heard  | heard by an  | not heard yet   |
//	 |               | older stream | (10 s at most)  |
type tape struct {
	mu      sync.Mutex
	change  chan struct{} // closed and replaced at each change
	samples []float32     // base..end
	base    int64
	sent    int64   // handed to the present recogniser
	high    int64   // handed to any recogniser
	cuts    []int64 // where the source was away: a recogniser ends here
	closed  bool    // no more will come
	clock   []arrival
}

// arrival says when the sample before end came.
type arrival struct {
	end int64
	at  time.Time
}

func newTape(from int64) *tape {
	return &tape{base: from, sent: from, high: from, change: make(chan struct{})}
}

func (t *tape) changed() {
	close(t.change)
	t.change = make(chan struct{})
}

func (t *tape) end() int64 { return t.base + int64(len(t.samples)) }

// received is the length of the timeline.
func (t *tape) received() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return audio.Duration(t.end(), audio.RateHz)
}

// write adds samples. It waits while 10 s are not heard yet.
func (t *tape) write(ctx context.Context, samples []float32) error {
	const op fault.Op = "live.Write"
	for len(samples) > 0 {
		t.mu.Lock()
		free := audio.Samples(queue, audio.RateHz) - (t.end() - t.high)
		n := min(free, int64(len(samples)))
		change := t.change
		if t.closed {
			t.mu.Unlock()
			return fault.Errorf(op, fault.Unavailable, "the programme takes no more sound: it is ending")
		}
		if n > 0 {
			t.add(samples[:n])
			samples = samples[n:]
		}
		t.mu.Unlock()
		if n > 0 {
			continue
		}
		select {
		case <-change:
		case <-ctx.Done():
			return fault.E(op, fault.Other, ctx.Err())
		}
	}
	return nil
}

func (t *tape) add(samples []float32) {
	t.samples = append(t.samples, samples...)
	now := time.Now()
	t.clock = append(t.clock, arrival{t.end(), now})
	for len(t.clock) > 1 && now.Sub(t.clock[0].at) > clockMemory {
		t.clock = t.clock[1:]
	}
	t.changed()
}

// arrived tells when the sound of time d came; false when that is forgotten.
func (t *tape) arrived(d time.Duration) (time.Time, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := audio.Samples(d, audio.RateHz)
	for i, a := range t.clock {
		if a.end >= s {
			return a.at, i > 0 || a.end-s < chunk
		}
	}
	return time.Time{}, false
}

// take gives the next samples for the recogniser, at most a chunk, as a copy. At a cut or the end of a closed tape it gives
// none and over. It waits for samples, and returns without any when wake is signalled.
func (t *tape) take(ctx context.Context, wake <-chan struct{}) (samples []float32, over bool, err error) {
	for {
		t.mu.Lock()
		stop := t.stop()
		over = t.sent >= stop && (t.closed || len(t.cuts) > 0)
		if n := min(stop-t.sent, chunk); n > 0 {
			from := t.sent - t.base
			samples = append([]float32(nil), t.samples[from:from+n]...)
			t.sent += n
			t.high = max(t.high, t.sent)
			t.forget(t.high - audio.Samples(keep, audio.RateHz))
			t.changed()
		}
		change := t.change
		t.mu.Unlock()
		if over || samples != nil {
			return samples, over, nil
		}
		select {
		case <-change:
		case <-wake:
			return nil, false, nil
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

// commit forgets the sound before d: its words are final.
func (t *tape) commit(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(min(audio.Samples(d, audio.RateHz), t.sent))
}

func (t *tape) forget(before int64) {
	if n := before - t.base; n > 0 {
		kept := copy(t.samples, t.samples[n:])
		t.samples = t.samples[:kept]
		t.base = before
	}
}

// skip forgets all that a recogniser was given, committed or not.
func (t *tape) skip() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(min(t.high, t.stop()))
}

// rewind lets the next recogniser hear from the oldest sample kept, and gives its place.
func (t *tape) rewind() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent = t.base
	return audio.Duration(t.base, audio.RateHz)
}

// stop is where the present recogniser ends: the next cut, else the newest sample.
func (t *tape) stop() int64 {
	if len(t.cuts) > 0 {
		return t.cuts[0]
	}
	return t.end()
}

// over tells whether the present recogniser was given all that it is to hear, and up to where that is.
func (t *tape) over() (time.Duration, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return audio.Duration(t.sent, audio.RateHz), t.sent >= t.stop() && (t.closed || len(t.cuts) > 0)
}

// kept tells whether there is sound before the next cut that is not committed.
func (t *tape) kept() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stop() > t.base
}

// cut marks that the source went away here.
func (t *tape) cut() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.cuts); n == 0 || t.cuts[n-1] < t.end() {
		t.cuts = append(t.cuts, t.end())
	}
	t.changed()
}

// cutBy tells that there is a cut at or before d that was not passed.
func (t *tape) cutBy(d time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.cuts) > 0 && t.cuts[0] <= audio.Samples(d+time.Millisecond, audio.RateHz)
}

// pass goes beyond the first cut, once the recogniser has told all that was before it.
func (t *tape) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.cuts) > 0 {
		t.sent = max(t.sent, t.cuts[0])
		t.high = max(t.high, t.sent)
		t.forget(t.cuts[0])
		t.cuts = t.cuts[1:]
	}
	t.changed()
}

// close says that no more sound comes.
func (t *tape) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		t.changed()
	}
}

// look tells whether there is sound to hear or a cut to pass, whether the tape is closed, and where to wait for news.
func (t *tape) look() (work, closed bool, change <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.end() > t.sent || len(t.cuts) > 0, t.closed, t.change
}

// touch wakes whoever waits for news.
func (t *tape) touch() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed()
}

// full tells that a client has to wait.
func (t *tape) full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.end()-t.high >= audio.Samples(queue, audio.RateHz)
}
