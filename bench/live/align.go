package live

import (
	"context"
	"strings"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/bench/mix"
	"github.com/dauys/dauys/subtitle/lag"
	"github.com/dauys/dauys/text/wer"
)

// truth is what is known of the recording from elsewhere.
type truth struct {
	spoken  []lag.Spoken // by transcribing each clip on its own
	texts   []string     // words of the reference texts
	offline wer.Counts   // errors of that transcription
}

// listen transcribes each clip on its own, with beam 5 and word times.
func listen(ctx context.Context, r asr.Recognizer, model string, rec *mix.Recording) (*truth, error) {
	t := &truth{}
	known := map[string][]asr.Word{}
	for _, c := range rec.Clips {
		words, ok := known[c.Name]
		if !ok {
			var err error
			if words, err = transcribe(ctx, r, model, rec, c); err != nil {
				return nil, err
			}
			known[c.Name] = words
		}
		var text strings.Builder
		for _, w := range words {
			t.spoken = append(t.spoken, lag.Spoken{Text: w.Text, End: min(c.Start+w.End, c.End)})
			text.WriteString(w.Text + " ")
		}
		said := wer.Words(c.Text)
		t.texts = append(t.texts, said...)
		t.offline = t.offline.Add(wer.Count(said, wer.Words(text.String())))
	}
	return t, nil
}

func transcribe(ctx context.Context, r asr.Recognizer, model string, rec *mix.Recording, c mix.Clip) ([]asr.Word, error) {
	transcript, err := r.Recognize(ctx, mix.NewSource(rec.Sound(c.Start, c.End)), asr.Options{
		Model: model, Languages: []string{c.Language}, Beam: 5, WordTimes: true,
	})
	if err != nil {
		return nil, err
	}
	var words []asr.Word
	for _, s := range transcript.Segments {
		words = append(words, s.Words...)
	}
	return words, nil
}
