package whisper

import (
	"math"

	"github.com/dauys/dauys/decode"
	token "github.com/dauys/dauys/text/token/whisper"
)

var negativeInfinity = float32(math.Inf(-1))

// maxInitialTimestamp is the latest beginning of a window's text: 1.0 s of 20 ms tokens (decoding.py:111).
const maxInitialTimestamp = 50

// Timestamps is the rule that makes generated times well-formed (decoding.py:441, ApplyTimestampRules): they come in pairs
// but before the end, never decrease, and begin the text; a time is forced when the times together are likelier than any
// text token.
type Timestamps struct{ Special token.Special }

// Apply forbids what the rules exclude.
func (t Timestamps) Apply(generated []int32, logits []float32) {
	first := t.Special.FirstTimestamp
	times := logits[first:min(int(first)+token.Timestamps, len(logits))]
	decode.Forbid(logits, t.Special.NoTimestamps)
	t.pair(generated, logits[:first], times)
	if len(generated) == 0 {
		forbidAll(logits[:first])
		forbidAll(times[min(maxInitialTimestamp+1, len(times)):])
	}
	if decode.LogSumExp(times) > float64(greatest(logits[:first])) {
		forbidAll(logits[:first])
	}
}

// pair forbids a third time in a row, text between the two of a pair, and times before the last.
func (t Timestamps) pair(generated []int32, text, times []float32) {
	isTime := func(back int) bool {
		at := len(generated) - back
		return at >= 0 && generated[at] >= t.Special.FirstTimestamp
	}
	lastWasTime, before := isTime(1), len(generated) < 2 || isTime(2)
	if lastWasTime && before {
		forbidAll(times)
	}
	if lastWasTime && !before {
		forbidAll(text[:t.Special.EndOfText])
	}
	for i := len(generated) - 1; i >= 0; i-- {
		if last := generated[i]; last >= t.Special.FirstTimestamp {
			next := int(last-t.Special.FirstTimestamp) + 1 // a segment is never empty
			if lastWasTime && !before {
				next-- // the next one begins where this one ended
			}
			forbidAll(times[:min(next, len(times))])
			break
		}
	}
}

func forbidAll(logits []float32) {
	for i := range logits {
		logits[i] = negativeInfinity
	}
}

func greatest(x []float32) float32 {
	top := negativeInfinity
	for _, v := range x {
		top = max(top, v)
	}
	return top
}

// suppressed gives the tokens that are never generated (decoding.py:623): notes that are not spoken, and the signs to the model.
func suppressed(c Config, t *token.Tokenizer) decode.Suppress {
	s := t.Special()
	never := decode.Suppress{s.Transcribe, s.Translate, s.StartOfTranscript, s.StartOfPrevious, s.StartOfLM, s.NoSpeech}
	if len(c.Suppress) > 0 {
		return append(never, c.Suppress...)
	}
	return append(never, t.NonSpeech()...)
}

func suppressedFirst(c Config, t *token.Tokenizer) decode.SuppressFirst {
	if len(c.SuppressFirst) > 0 {
		return c.SuppressFirst
	}
	return t.Blank()
}
