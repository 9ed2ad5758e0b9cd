package vad

import (
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// Config of the segmentation. The zero value is a good default.
type Config struct {
	Enter      float32       // speech begins at this probability; 0 = 0.5
	Leave      float32       // and ends below this one; 0 = 0.15 under Enter (silero-vad's neg_threshold)
	MinSpeech  time.Duration // shorter speech is a click: 0 = 250 ms
	MinSilence time.Duration // a shorter pause belongs to the speech around it: 0 = 100 ms
	Pad        time.Duration // kept before and after speech: 0 = 30 ms
	MaxSpeech  time.Duration // longer speech is cut, at its longest recent pause if it has one: 0 = never
}

// Span is a stretch of speech, in samples at 16 kHz from the first frame: [Start, End).
type Span struct{ Start, End int64 }

// Segmenter cuts a sequence of probabilities into spans of speech, with hysteresis: a pure function of what was pushed, by
// the rules of silero-vad src/silero_vad/utils_vad.py, get_speech_timestamps, without looking ahead.
type Segmenter struct {
	enter, leave                          float32
	minSpeech, minSilence, pad, maxSpeech int64 // samples
	now                                   int64 // end of the newest frame
	speaking                              bool
	start                                 int64 // of the speech under way
	quiet                                 int64 // where the pause under way began, -1 in speech
	longest                               Span  // the longest pause of the speech under way that is worth a cut
	lastEnd                               int64 // of the span before, padded
	voiced                                bool  // the newest frame
}

// minCut is the shortest pause at which overlong speech is cut (silero-vad's min_silence_samples_at_max_speech: 98 ms).
const minCut = 98 * audio.RateHz / 1000

// NewSegmenter begins at sample 0. Thresholds out of order are refused.
func NewSegmenter(c Config) (*Segmenter, error) {
	s := &Segmenter{enter: c.Enter, leave: c.Leave, quiet: -1}
	if s.enter == 0 {
		s.enter = 0.5
	}
	if s.leave == 0 {
		s.leave = max(s.enter-0.15, 0.01)
	}
	if !(0 < s.leave && s.leave <= s.enter && s.enter < 1) {
		return nil, fault.Errorf("vad.NewSegmenter", fault.Invalid, "speech begins at %g and ends below %g: both must lie in 0..1, in this order",
			s.enter, s.leave)
	}
	samples := func(d, standard time.Duration) int64 {
		if d <= 0 {
			d = standard
		}
		return audio.Samples(d, audio.RateHz)
	}
	s.minSpeech, s.minSilence = samples(c.MinSpeech, 250*time.Millisecond), samples(c.MinSilence, 100*time.Millisecond)
	s.pad, s.maxSpeech = samples(c.Pad, 30*time.Millisecond), samples(c.MaxSpeech, 0)
	return s, nil
}

// Push takes the probability of the next frame. It gives a span when one has ended: in the first quiet frame that begins
// MinSilence after the speech, or at MaxSpeech.
func (s *Segmenter) Push(p float32) (span Span, ended bool) {
	at := s.now
	s.now += FrameSamples
	s.voiced = p >= s.enter || s.speaking && s.quiet < 0 && p >= s.leave
	switch {
	case !s.speaking && p >= s.enter:
		s.speaking, s.start, s.quiet, s.longest = true, at, -1, Span{}
	case s.speaking && p >= s.enter && s.quiet >= 0:
		s.endPause(at)
	case s.speaking && p < s.leave && s.quiet < 0:
		s.quiet = at
	}
	switch {
	case s.speaking && p < s.leave && at-s.quiet >= s.minSilence:
		return s.end(s.quiet)
	case s.speaking && s.maxSpeech > 0 && s.now-s.start >= s.maxSpeech:
		return s.cut()
	}
	return Span{}, false
}

// endPause notes the pause that speech has ended, in case that speech gets too long.
func (s *Segmenter) endPause(at int64) {
	if pause := (Span{s.quiet, at}); at-s.quiet >= minCut && at-s.quiet >= s.longest.End-s.longest.Start {
		s.longest = pause
	}
	s.quiet = -1
}

// end closes the speech at sample at.
func (s *Segmenter) end(at int64) (Span, bool) {
	s.speaking, s.quiet = false, -1
	if at-s.start <= s.minSpeech {
		return Span{}, false
	}
	span := Span{max(s.start-s.pad, s.lastEnd), min(at+s.pad, s.now)}
	s.lastEnd = span.End
	return span, true
}

// cut ends speech that is too long, in the pause under way or else the longest before it, and goes on behind the cut.
func (s *Segmenter) cut() (Span, bool) {
	if s.quiet >= 0 {
		return s.end(s.quiet)
	}
	end, next := s.now, s.now
	if s.longest.End > 0 {
		end, next = s.longest.Start, s.longest.End
	}
	span, ended := s.end(end)
	span.End = min(span.End, next)
	s.lastEnd = min(s.lastEnd, next)
	s.speaking, s.start, s.longest = true, next, Span{}
	return span, ended
}

// Flush ends the sound: it gives the span under way, if it is long enough, without the pause that it ends in.
func (s *Segmenter) Flush() (span Span, ended bool) {
	if !s.speaking {
		return Span{}, false
	}
	end := s.now
	if s.quiet >= 0 {
		end = s.quiet
	}
	return s.end(end)
}

// Speaking says whether speech is under way: it has begun and MinSilence has not passed since.
func (s *Segmenter) Speaking() bool { return s.speaking }

// Voiced says whether the newest frame itself holds speech.
func (s *Segmenter) Voiced() bool { return s.voiced }

// Start is the first sample of the speech under way, without padding; of no meaning when nobody speaks.
func (s *Segmenter) Start() int64 { return s.start }

// Pause is how long the newest pause inside speech has lasted, 0 while words are heard and when nobody speaks.
func (s *Segmenter) Pause() time.Duration {
	if !s.speaking || s.quiet < 0 {
		return 0
	}
	return audio.Duration(s.now-s.quiet, audio.RateHz)
}

// Now is the end of the newest frame.
func (s *Segmenter) Now() int64 { return s.now }
