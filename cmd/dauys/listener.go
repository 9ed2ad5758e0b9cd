package main

import (
	"context"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/subtitle"
)

// listener lets the subtitle pipeline hear through a recogniser, local or remote: the two domains do not know each other.
type listener struct{ recognizer asr.Recognizer }

// Listen opens a stream.
func (l listener) Listen(ctx context.Context, o subtitle.ListenOptions) (subtitle.Hearing, error) {
	s, err := l.recognizer.Stream(ctx, asr.StreamOptions{Model: o.Model, Languages: o.Languages, Prompt: o.Prompt, HotWords: o.HotWords})
	if err != nil {
		return nil, err
	}
	return hearing{s}, nil
}

// hearing is a stream in the words of the pipeline.
type hearing struct{ asr.Stream }

// Next gives the next hypothesis.
func (h hearing) Next(ctx context.Context) (subtitle.Hypothesis, error) {
	y, err := h.Stream.Next(ctx)
	if err != nil {
		return subtitle.Hypothesis{}, err
	}
	words := make([]subtitle.Word, len(y.Words))
	for i, w := range y.Words {
		words[i] = subtitle.Word{Text: w.Text, Start: w.Start, End: w.End, Confidence: w.Confidence}
	}
	return subtitle.Hypothesis{
		From: y.From, Through: y.Through, Language: y.Language, Words: words,
		Endpoint: y.Endpoint, Speech: y.Speech, Loop: y.Loop,
	}, nil
}

// Commit settles words.
func (h hearing) Commit(ctx context.Context, at time.Duration, settled []subtitle.Word) error {
	words := make([]asr.Word, len(settled))
	for i, w := range settled {
		words[i] = asr.Word{Text: w.Text, Start: w.Start, End: w.End, Confidence: w.Confidence}
	}
	return h.Stream.Commit(ctx, at, words)
}
