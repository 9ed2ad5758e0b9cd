package whisper

import (
	"context"
	"math"
	"slices"

	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	token "github.com/dauys/dauys/text/token/whisper"
)

// TranscriberConfig wires a transcriber. Programs and Tokens have no default.
type TranscriberConfig struct {
	Programs *Programs
	Tokens   *token.Tokenizer
	Queue    int // requests that may wait for slots of the decoder; 0 = none
}

// Transcriber reads windows of audio. It is safe for concurrent use; its Run must be running.
type Transcriber struct {
	programs *Programs
	tokens   *token.Tokenizer
	config   Config
	rows     *TextRows
	decoder  *decode.Decoder
	aligner  aligner

	suppress      decode.Suppress
	suppressFirst decode.SuppressFirst
}

// NewTranscriber makes a transcriber.
func NewTranscriber(c TranscriberConfig) (*Transcriber, error) {
	const op = "whisper.NewTranscriber"
	if c.Programs == nil || c.Tokens == nil {
		return nil, fault.Errorf(op, fault.Invalid, "programs and a tokenizer are needed")
	}
	config := c.Programs.model.Config
	if s := c.Tokens.Special(); int(s.FirstTimestamp) >= config.Vocabulary {
		return nil, fault.Errorf(op, fault.Corrupt, "the tokenizer has %d tokens before its timestamps, the model %d: they do not belong together",
			s.FirstTimestamp, config.Vocabulary)
	}
	t := &Transcriber{programs: c.Programs, tokens: c.Tokens, config: config, rows: NewTextRows(c.Programs)}
	t.suppress, t.suppressFirst = suppressed(config, c.Tokens), suppressedFirst(config, c.Tokens)
	var err error
	t.decoder, err = decode.New(decode.Config{
		Model: t.rows, Pages: c.Programs.texts, PageSize: textPage,
		Slots: c.Programs.seats, Queue: c.Queue,
	})
	return t, fault.E(op, fault.Other, err)
}

// Run decodes until ctx is done. It owns the decoder's sessions and closes them.
func (t *Transcriber) Run(ctx context.Context) error {
	defer t.aligner.close()
	defer t.rows.Close()
	return t.decoder.Run(ctx)
}

// Free tells how many hypotheses could be followed at once now.
func (t *Transcriber) Free() int { return t.decoder.Free() }

// Tokens is the tokenizer.
func (t *Transcriber) Tokens() *token.Tokenizer { return t.tokens }

// Config is the network's.
func (t *Transcriber) Config() Config { return t.config }

// Programs are the compiled parts.
func (t *Transcriber) Programs() *Programs { return t.programs }

// Detect gives the probability of each of languages in a window (decoding.py:19, detect_language, restricted to a set).
func (t *Transcriber) Detect(ctx context.Context, w *Window, languages []string, urgency decode.Priority) ([]float64, error) {
	const op = "whisper.Detect"
	ids := make([]int32, len(languages))
	for i, l := range languages {
		id, ok := t.tokens.Special().Languages[l]
		if !ok || !t.tokens.Multilingual() && l != "en" {
			return nil, fault.Errorf(op, fault.Invalid, "language %q is none of this model's", l)
		}
		ids[i] = id
	}
	p := make([]float64, len(languages))
	if len(languages) == 1 {
		p[0] = 1
		return p, nil
	}
	_, err := t.decoder.Decode(ctx, decode.Request{
		Prompt: []int32{t.tokens.Special().StartOfTranscript}, Memory: w.Memory, Priority: urgency,
		Inspect: func(logits []float32) { softmaxOf(p, logits, ids) },
	})
	return p, fault.E(op, fault.Other, err)
}

func softmaxOf(p []float64, logits []float32, ids []int32) {
	chosen := make([]float32, len(ids))
	for i, id := range ids {
		chosen[i] = logits[id]
	}
	sum := decode.LogSumExp(chosen)
	for i, v := range chosen {
		p[i] = math.Exp(float64(v) - sum)
	}
}

// Knows tells whether the model hears a language.
func (t *Transcriber) Knows(language string) bool {
	if !t.tokens.Multilingual() {
		return language == "en"
	}
	_, ok := t.tokens.Special().Languages[language]
	return ok
}

// Hear encodes normalised mel frames [frames, mels] in a window of the given length.
func (t *Transcriber) Hear(ctx context.Context, mel []float32, positions int, urgency decode.Priority) (*Window, error) {
	return t.programs.Encode(ctx, mel, positions, tensor.Priority(urgency), nil)
}

// likeliest gives the index of the greatest probability.
func likeliest(p []float64) int { return slices.Index(p, slices.Max(p)) }
