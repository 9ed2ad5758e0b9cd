package whisper

import (
	"context"
	"strings"
	"time"

	"github.com/dauys/dauys/asr"
)

// time gives the segments of a window their words (timing.py:286, add_word_timestamps).
func (t *Transcriber) time(ctx context.Context, w *window, segments []asr.Segment, o *ClipOptions) error {
	words, err := t.Align(ctx, w.heard, w.language, w.reading.Tokens, w.reading.LogProbs, w.frames, o.Priority)
	if err != nil {
		return err
	}
	usual := usualDuration(words)
	offset := float64(w.from) / FramesPerSecond
	at := 0
	for i := range segments {
		s := &segments[i]
		want := 0
		for _, token := range s.Tokens {
			if t.tokens.IsText(token) {
				want++
			}
		}
		var own []TimedWord
		for got := 0; at < len(words) && got < want; at++ {
			got += len(words[at].Tokens)
			word := words[at]
			word.Start, word.End = word.Start+offset, word.End+offset
			own = append(own, word)
		}
		fit(own, s, usual)
		s.Words = contractWords(own)
	}
	return nil
}

// fit lets the times of a segment and of its first and last word agree: the segment's are preferred where a word is much
// too long (timing.py:352).
func fit(words []TimedWord, s *asr.Segment, usual float64) {
	if len(words) == 0 {
		return
	}
	first, last := &words[0], &words[len(words)-1]
	start, end := s.Start.Seconds(), s.End.Seconds()
	if start < first.End && start-0.5 > first.Start {
		first.Start = max(0, min(first.End-usual, start))
	} else {
		s.Start = secondsTime(first.Start)
	}
	if end > last.Start && end+0.5 < last.End {
		last.End = max(last.Start+usual, end)
	} else {
		s.End = secondsTime(last.End)
	}
}

// secondsTime rounds to the hundredths that mel frames have.
func secondsTime(s float64) time.Duration {
	return time.Duration(s*FramesPerSecond+0.5) * (time.Second / FramesPerSecond)
}

func contractWords(words []TimedWord) []asr.Word {
	out := make([]asr.Word, 0, len(words))
	for _, w := range words {
		if text := strings.TrimSpace(w.Text); text != "" {
			out = append(out, asr.Word{Text: text, Start: secondsTime(w.Start), End: secondsTime(w.End), Confidence: w.Probability})
		}
	}
	return out
}
