package subtitletest

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// Format is the ingest format of [Say].
var Format = subtitle.AudioFormat{Encoding: "pcm_s16le", SampleRate: audio.RateHz, Channels: 1}

// Say gives the sound of text: each word lasts 300 ms and is followed by 100 ms of silence; a word "..." is a second of
// silence. Words are added to the listener's vocabulary.
func (l *Listener) Say(text string) []byte {
	var pcm []byte
	for word := range strings.FieldsSeq(text) {
		if word == "..." {
			pcm = sound(pcm, 0, time.Second)
			continue
		}
		pcm = sound(pcm, l.number(word), 300*time.Millisecond)
		pcm = sound(pcm, 0, 100*time.Millisecond)
	}
	return pcm
}

func sound(pcm []byte, n int, d time.Duration) []byte {
	for range audio.Samples(d, audio.RateHz) {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(n))
	}
	return pcm
}

// Listener is a recogniser that hears every word of [Listener.Say]. The zero value is ready.
type Listener struct {
	// Step is the least sound between two hypotheses; 0 = 400 ms.
	Step time.Duration
	// Slow is how much time a second of sound takes it; 0 = none.
	Slow float64
	// Refuse has the errors of the first calls of Listen, nil = accepted.
	Refuse []error
	// FailAfter ends stream i with an error when it has heard so much; 0 = never.
	FailAfter []time.Duration

	mu         sync.Mutex
	vocabulary []string
	listens    int
	streams    int
}

func (l *Listener) number(word string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, known := range l.vocabulary {
		if known == word {
			return i + 1
		}
	}
	l.vocabulary = append(l.vocabulary, word)
	return len(l.vocabulary)
}

func (l *Listener) word(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n < 1 || n > len(l.vocabulary) {
		return "?"
	}
	return l.vocabulary[n-1]
}

// Streams tells how many streams were opened so far.
func (l *Listener) Streams() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.streams
}

// Listen opens a stream.
func (l *Listener) Listen(_ context.Context, o subtitle.ListenOptions) (subtitle.Hearing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listens++
	if l.listens <= len(l.Refuse) && l.Refuse[l.listens-1] != nil {
		return nil, l.Refuse[l.listens-1]
	}
	l.streams++
	h := &hearing{listener: l, step: l.Step, language: "en", change: make(chan struct{})}
	if h.step <= 0 {
		h.step = 400 * time.Millisecond
	}
	if len(o.Languages) > 0 {
		h.language = o.Languages[0]
	}
	if l.streams <= len(l.FailAfter) {
		h.failAfter = l.FailAfter[l.streams-1]
	}
	return h, nil
}

// hearing is one stream of a Listener. It computes in Next, so it needs no goroutine.
type hearing struct {
	listener  *Listener
	step      time.Duration
	failAfter time.Duration
	language  string

	mu       sync.Mutex
	change   chan struct{} // closed and replaced at each change
	samples  []float32     // since the last commit
	base     int64         // samples before those
	heard    int64         // samples that a hypothesis was made of
	over     bool          // CloseWrite came
	told     bool          // the last hypothesis was given
	isClosed bool
}

func (h *hearing) end() int64 { return h.base + int64(len(h.samples)) }

func (h *hearing) changed() {
	close(h.change)
	h.change = make(chan struct{})
}

func (h *hearing) Write(ctx context.Context, samples []float32) error {
	for {
		h.mu.Lock()
		change := h.change
		if h.isClosed || h.over {
			h.mu.Unlock()
			return fault.Errorf("subtitletest.Write", fault.Canceled, "the stream is closed")
		}
		if h.end()-h.heard <= 10*audio.RateHz {
			h.samples = append(h.samples, samples...)
			h.changed()
			h.mu.Unlock()
			return nil
		}
		h.mu.Unlock()
		select {
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (h *hearing) CloseWrite() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	h.changed()
	return nil
}

func (h *hearing) Commit(_ context.Context, at time.Duration, _ []subtitle.Word) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := audio.Samples(at, audio.RateHz) - h.base
	if n < 0 || n > int64(len(h.samples)) {
		return fault.Errorf("subtitletest.Commit", fault.Invalid, "commit at %v is outside of the sound that is kept", at)
	}
	h.samples, h.base = h.samples[n:], h.base+n
	return nil
}

func (h *hearing) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.isClosed {
		h.isClosed = true
		h.changed()
	}
	return nil
}

func (h *hearing) Next(ctx context.Context) (subtitle.Hypothesis, error) {
	for {
		hyp, change, err := h.look()
		if err != nil {
			return hyp, err
		}
		if change == nil {
			return hyp, h.listener.delay(ctx)
		}
		select {
		case <-change:
		case <-ctx.Done():
			return hyp, ctx.Err()
		}
	}
}

// look makes a hypothesis, or gives a channel to wait on.
func (h *hearing) look() (subtitle.Hypothesis, <-chan struct{}, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fresh := audio.Duration(h.end()-h.heard, audio.RateHz)
	switch {
	case h.isClosed:
		return subtitle.Hypothesis{}, nil, fault.Errorf("subtitletest.Next", fault.Canceled, "the stream is closed")
	case h.failAfter > 0 && audio.Duration(h.end(), audio.RateHz) >= h.failAfter:
		return subtitle.Hypothesis{}, nil, fault.Errorf("subtitletest.Next", fault.Unavailable, "the recogniser broke, as it was told to")
	case h.over && h.told:
		return subtitle.Hypothesis{}, nil, io.EOF
	case fresh < h.step && !h.over:
		return subtitle.Hypothesis{}, h.change, nil
	}
	h.heard = min(h.end(), h.heard+audio.Samples(h.step, audio.RateHz)) // step by step, however much has come
	h.told = h.over && h.heard == h.end()
	h.changed()
	return h.hypothesis(h.samples[:h.heard-h.base]), nil, nil
}

// stride is how many samples are looked at together: everything that is said lasts longer.
const stride = 64

// hypothesis reads the words out of the samples since the last commit.
func (h *hearing) hypothesis(samples []float32) subtitle.Hypothesis {
	hyp := subtitle.Hypothesis{
		From: audio.Duration(h.base, audio.RateHz), Through: audio.Duration(h.heard, audio.RateHz),
		Language: h.language,
	}
	for from := 0; from < len(samples); {
		n := value(samples[from])
		to := from
		for to+stride < len(samples) && value(samples[to+stride]) == n {
			to += stride
		}
		for to < len(samples) && value(samples[to]) == n {
			to++
		}
		if n != 0 && to-from > audio.RateHz/20 { // less than 50 ms is no word
			hyp.Words = append(hyp.Words, subtitle.Word{
				Text: h.listener.word(n), Confidence: 1,
				Start: audio.Duration(h.base+int64(from), audio.RateHz), End: audio.Duration(h.base+int64(to), audio.RateHz),
			})
		}
		from = to
		hyp.Speech = n != 0
	}
	hyp.Endpoint = h.told || silent(samples, audio.RateHz/2)
	return hyp
}

// silent tells that the last n of samples are silence.
func silent(samples []float32, n int) bool {
	if len(samples) < n {
		return false
	}
	for i := len(samples) - n; i < len(samples); i += stride {
		if value(samples[i]) != 0 {
			return false
		}
	}
	return value(samples[len(samples)-1]) == 0
}

func value(s float32) int { return int(math.Round(float64(s) * 32768)) }

// delay takes the time that a slow recogniser needs for a step.
func (l *Listener) delay(ctx context.Context) error {
	if l.Slow <= 0 {
		return nil
	}
	step := l.Step
	if step <= 0 {
		step = 400 * time.Millisecond
	}
	t := time.NewTimer(time.Duration(float64(step) * l.Slow))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// PCM decodes [Format].
type PCM struct{ odd []byte }

// Decode gives the samples of p.
func (d *PCM) Decode(p []byte) ([]float32, error) {
	p = append(d.odd, p...)
	samples := make([]float32, len(p)/2)
	for i := range samples {
		samples[i] = float32(int16(binary.LittleEndian.Uint16(p[2*i:]))) / 32768
	}
	d.odd = p[2*len(samples):]
	return samples, nil
}

// Flush has nothing to give.
func (d *PCM) Flush() ([]float32, error) { return nil, nil }
