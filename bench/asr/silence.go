package asr

import (
	"io"

	"github.com/dauys/dauys/audio"
)

// silence is an empty recording: transcribing it loads the model and nothing else.
type silence struct{}

func (silence) Format() audio.Format { return audio.Format{RateHz: audio.RateHz, Channels: 1} }

func (silence) Read([]float32) (int, error) { return 0, io.EOF }
