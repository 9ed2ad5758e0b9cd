package whisper

import (
	"bytes"
	"compress/zlib"
	"context"
	"math"
	"strings"

	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/fault"
)

// Thresholds of openai/whisper's transcribe() (transcribe.py:38-56) and what guards them here.
const (
	maxCompression = 2.4 // a text that zlib packs better repeats itself
	minLogProb     = -1  // mean log-probability below which a text is a guess
	maxNoSpeech    = 0.6 // probability of <|nospeech|> above which a guess is silence
	bestOf         = 5   // sequences drawn at a temperature
	defaultBeam    = 5
)

// fallback are the temperatures tried until a text is good enough.
var fallback = []float64{0, 0.2, 0.4, 0.6, 0.8, 1}

// loops are cut where a fallback can follow: the rest of 224 tokens of a loop is time lost.
var loops = decode.LoopGuard{MaxPeriod: 32, Repeats: 4, MinTokens: 16}

// ReadOptions say how a window's text is found.
type ReadOptions struct {
	Language     string
	Beam         int // at temperature 0; 1 = greedy, 0 = 5
	NoTimestamps bool
	NoFallback   bool    // temperature 0 only
	NoGuard      bool    // no guards against loops and endless texts: exactly what the model says
	Earlier      []int32 // tokens of the text before the window
	Prefix       []int32 // tokens with which the window's text begins; the result does not repeat them
	Draft        []int32 // a guess at the text, such as an earlier reading's: greedy reading is faster where it is right
	HotWords     []string
	Seconds      float64 // of sound in the window: bounds the text of a guarded reading; 0 = 30
	Seed         uint64  // of the draws at temperatures
	Priority     decode.Priority
}

// Reading is the text of a window and how good the model thinks that it is.
type Reading struct {
	Tokens       []int32 // with timestamps, without the end
	LogProbs     []float32
	Text         string
	AvgLogProb   float64
	NoSpeechProb float64
	Compression  float64
	Temperature  float64
	Looping      bool // the loop guard cut it off
}

// Silent tells that the window most likely holds no speech (transcribe.py:288).
func (r *Reading) Silent() bool { return r.NoSpeechProb > maxNoSpeech && r.AvgLogProb < minLogProb }

// good tells that no other temperature need be tried (transcribe.py:187, decode_with_fallback).
func (r *Reading) good() bool {
	return r.Silent() || r.Compression <= maxCompression && r.AvgLogProb >= minLogProb && !r.Looping
}

// Read finds the text of a window: at temperature 0 by beam search or greedily; while the result repeats itself or is a
// guess, by drawing at higher and higher temperatures. Of all that failed it takes the likeliest that does not repeat itself.
func (t *Transcriber) Read(ctx context.Context, w *Window, o ReadOptions) (Reading, error) {
	tokens, startAt := t.prompt(&o)
	var best *Reading
	for _, temperature := range fallback {
		r, err := t.readAt(ctx, w, &o, tokens, startAt, temperature)
		if err != nil {
			return Reading{}, err
		}
		if r.good() || o.NoFallback {
			return r, nil
		}
		if best == nil || better(&r, best) {
			best = &r
		}
		if o.Seconds > 0 && o.Seconds < shortClip && temperature >= shortClipTemperature {
			break
		}
	}
	return *best, nil
}

// Clips shorter than a second end in loops at any temperature; two tries are enough for them.
const (
	shortClip            = 1.0
	shortClipTemperature = 0.4
)

// better prefers what does not repeat itself, then what is likelier (SYSTRAN/faster-whisper@v1.2.1 transcribe.py:1500).
func better(a, b *Reading) bool {
	loopA, loopB := a.Looping || a.Compression > maxCompression, b.Looping || b.Compression > maxCompression
	if loopA != loopB {
		return loopB
	}
	return a.AvgLogProb > b.AvgLogProb
}

func (t *Transcriber) readAt(ctx context.Context, w *Window, o *ReadOptions, prompt []int32, startAt int, temperature float64) (Reading, error) {
	reading := Reading{Temperature: temperature}
	special := t.tokens.Special()
	r := decode.Request{
		Prompt: prompt, Memory: w.Memory, End: special.EndOfText, MaxNew: t.maxNew(o, len(prompt)),
		Rules: t.rules(o), Priority: o.Priority, Search: search(o, temperature),
		InspectAt: startAt,
		Inspect: func(logits []float32) {
			reading.NoSpeechProb = decode.Probability(logits, special.NoSpeech)
		},
	}
	if _, greedy := r.Search.(decode.Greedy); greedy {
		r.Draft = o.Draft
	}
	if !o.NoGuard {
		r.Loop = loops
	}
	result, err := t.decoder.Decode(ctx, r)
	if err != nil {
		return Reading{}, fault.E("whisper.Read", fault.Other, err)
	}
	reading.Tokens, reading.LogProbs = result.Tokens, result.LogProbs
	reading.AvgLogProb = result.AvgLogProb()
	reading.Looping = result.Reason == decode.Looping
	reading.Text = t.text(result.Tokens)
	reading.Compression = compression(reading.Text)
	return reading, nil
}

// text decodes tokens. One that was cut off inside a character does not leave half of it.
func (t *Transcriber) text(tokens []int32) string {
	return strings.TrimSpace(strings.TrimRight(t.tokens.Decode(tokens), "\uFFFD"))
}

func search(o *ReadOptions, temperature float64) decode.Search {
	beam := o.Beam
	if beam == 0 {
		beam = defaultBeam
	}
	switch {
	case temperature > 0:
		return decode.Sample{Temperature: temperature, Best: bestOf, Seed: o.Seed + math.Float64bits(temperature)}
	case beam == 1:
		return decode.Greedy{}
	}
	return decode.Beam{Width: beam}
}

// maxNew is half of the text positions (decoding.py:567); of guarded readings no more than anybody says in the time: 25
// tokens a second is twice the densest Kazakh of the test data.
func (t *Transcriber) maxNew(o *ReadOptions, prompt int) int {
	most := min(t.config.TextLen/2, t.config.TextLen-prompt)
	if !o.NoGuard && o.Seconds > 0 {
		most = min(most, 24+int(25*o.Seconds))
	}
	return most
}

func (t *Transcriber) rules(o *ReadOptions) []decode.Rule {
	rules := []decode.Rule{t.suppress}
	if len(o.Prefix) == 0 {
		rules = append(rules, t.suppressFirst)
	}
	if len(o.HotWords) > 0 {
		rules = append(rules, t.prefer(o.HotWords))
	}
	if !o.NoTimestamps {
		rules = append(rules, Timestamps{t.tokens.Special()})
	}
	return rules
}

// prefer makes hot words likelier, in the middle of a sentence and at its beginning. The bonuses are logits: enough to
// decide between spellings that sound alike, too little to put in words that were not said.
func (t *Transcriber) prefer(words []string) decode.Rule {
	p := decode.Prefer{Start: 0.3, Inside: 2}
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			p.Phrases = append(p.Phrases, t.tokens.Encode(" "+w), t.tokens.Encode(w))
		}
	}
	return p
}

// compression is how well zlib packs a text (utils.py:51, compression_ratio).
func compression(text string) float64 {
	if text == "" {
		return 0
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write([]byte(text)) // a buffer takes all
	_ = z.Close()
	return float64(len(text)) / float64(packed.Len())
}
