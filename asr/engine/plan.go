package engine

import (
	"time"

	"github.com/dauys/dauys/asr/vad"
	"github.com/dauys/dauys/audio"
)

// Limits of windows, and what counts as speech.
const (
	windowLimit = 30 * time.Second       // what a model hears at a time
	longPause   = 5 * time.Second        // ends a window: nothing would be heard for a while
	lead        = 400 * time.Millisecond // kept before and after speech
	enterSpeech = 0.5                    // probabilities, as silero-vad's defaults
	leaveSpeech = 0.35
	leastVoiced = 3 // frames of 32 ms that make a window worth reading
)

// span is a stretch of a recording, in samples.
type span struct{ from, to int64 }

// planner cuts a recording into windows by the probabilities of speech: windows begin where speech does, are at most 30 s
// long, are cut at the best pause of their second half, and end before long pauses. A recording that fits one window is
// not cut at all. It holds the probabilities of what is not cut yet.
type planner struct {
	probs []float32 // of frames of 512 samples
	base  int64     // frame number of probs[0]
}

func (p *planner) push(probability float32) { p.probs = append(p.probs, probability) }

// next gives the next window, once its end is known. total is the number of samples heard; final says that no more come.
func (p *planner) next(total int64, final bool) (span, bool) {
	if total <= samplesIn(windowLimit) {
		if !final || p.base > 0 || !worth(p.probs) {
			return span{}, false
		}
		p.drop(len(p.probs))
		return span{0, total}, total > 0
	}
	for {
		s, end, found := p.cut(total, final)
		if !found {
			return span{}, false
		}
		from := int(s.from/vad.FrameSamples - p.base)
		speech := worth(p.probs[max(0, from):min(len(p.probs), end)])
		p.drop(end)
		if speech {
			return s, true
		}
	}
}

// cut finds the end of the first window: in samples, and as an index behind its last frame.
func (p *planner) cut(total int64, final bool) (s span, end int, found bool) {
	first := 0
	for first < len(p.probs) && p.probs[first] < enterSpeech {
		first++
	}
	pad := frames(lead)
	if first == len(p.probs) {
		p.drop(max(0, first-pad))
		return span{}, 0, false
	}
	start, last := max(0, first-pad), first
	for i := first; i < len(p.probs); i++ {
		if p.probs[i] >= leaveSpeech {
			last = i
		}
		if i-last >= frames(longPause) {
			return p.span(start, last+1+pad), last + 1 + pad, true
		}
		if i+1-start >= frames(windowLimit) {
			end := p.pause(start+(i+1-start)/2, i+1)
			return p.span(start, end), end, true
		}
	}
	if !final {
		return span{}, 0, false
	}
	end = min(len(p.probs), last+1+frames(longPause))
	s = p.span(start, end)
	if end == len(p.probs) {
		s.to = total
	}
	return s, end, true
}

// pause gives the best frame to cut at: the middle of the longest pause, or else where speech is least likely.
func (p *planner) pause(from, to int) int {
	best, length, run := to, 0, 0
	for i := from; i <= to; i++ {
		if i < to && p.probs[i] < leaveSpeech {
			run++
			continue
		}
		if run > 0 && run >= length {
			best, length = i-run/2, run
		}
		run = 0
	}
	if length > 0 {
		return best
	}
	for i := from; i < to; i++ {
		if best == to || p.probs[i] <= p.probs[best] {
			best = i
		}
	}
	return best
}

func (p *planner) span(from, to int) span {
	return span{(p.base + int64(from)) * vad.FrameSamples, (p.base + int64(to)) * vad.FrameSamples}
}

// needed is the first sample that a later window may begin with.
func (p *planner) needed(total int64) int64 {
	if total <= samplesIn(windowLimit) {
		return 0
	}
	return p.base * vad.FrameSamples
}

func (p *planner) drop(n int) {
	p.probs = p.probs[:copy(p.probs, p.probs[n:])]
	p.base += int64(n)
}

// worth tells whether frames hold enough speech to be read.
func worth(probs []float32) bool {
	voiced := 0
	for _, v := range probs {
		if v >= enterSpeech {
			voiced++
		}
	}
	return voiced >= leastVoiced
}

// frames gives how many VAD frames a time has, rounded down.
func frames(d time.Duration) int { return int(samplesIn(d) / vad.FrameSamples) }

func samplesIn(d time.Duration) int64 { return audio.Samples(d, audio.RateHz) }
