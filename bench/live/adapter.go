package live

import (
	"context"
	"sync"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/subtitle"
)

// listener lets the pipeline hear through a recogniser, as cmd/dauys does, and keeps count of the steps.
type listener struct {
	recognizer asr.Recognizer
	step       time.Duration
	beam       int

	mu    sync.Mutex
	steps []step
}

// step is what one hypothesis cost.
type step struct {
	window  time.Duration // of audio
	compute time.Duration // from the newest sample's arrival to the hypothesis
	words   int
	loop    bool
}

// Listen opens a stream.
func (l *listener) Listen(ctx context.Context, o subtitle.ListenOptions) (subtitle.Hearing, error) {
	s, err := l.recognizer.Stream(ctx, asr.StreamOptions{
		Model: o.Model, Languages: o.Languages, Prompt: o.Prompt, HotWords: o.HotWords, Step: l.step, Beam: l.beam,
	})
	if err != nil {
		return nil, err
	}
	return hearing{s, l}, nil
}

func (l *listener) note(h asr.Hypothesis) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.Speech || h.Endpoint { // steps in silence cost nothing
		l.steps = append(l.steps, step{h.Through - h.From, h.Compute, len(h.Words), h.Loop})
	}
}

// hearing is a stream in the words of the pipeline.
type hearing struct {
	asr.Stream
	listener *listener
}

// Next gives the next hypothesis.
func (h hearing) Next(ctx context.Context) (subtitle.Hypothesis, error) {
	y, err := h.Stream.Next(ctx)
	if err != nil {
		return subtitle.Hypothesis{}, err
	}
	h.listener.note(y)
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
