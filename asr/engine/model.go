package engine

import (
	"context"
	"errors"

	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/audio/mel"
	"github.com/dauys/dauys/tensor"
)

// beamOfRecordings is how many hypotheses a window of a recording follows at most.
const beamOfRecordings = 5

// model is a loaded Whisper with its running decoder.
type model struct {
	id       string
	loaded   *whisper.Loaded
	programs *whisper.Programs
	whisper  *whisper.Transcriber
	mel      *mel.Extractor
	stop     context.CancelFunc
	done     chan error
}

func load(id, dir string, e *Engine) (*model, error) {
	loaded, err := whisper.Load(dir)
	if err != nil {
		return nil, err
	}
	m := &model{id: id, loaded: loaded, done: make(chan error, 1)}
	if err := m.wire(e); err != nil {
		return nil, errors.Join(err, loaded.Close())
	}
	var ctx context.Context
	ctx, m.stop = context.WithCancel(context.Background())
	go func() { m.done <- m.whisper.Run(ctx) }()
	return m, nil
}

func (m *model) wire(e *Engine) (err error) {
	c := e.config
	if m.mel, err = mel.New(m.loaded.Model.Config.Mels); err != nil {
		return err
	}
	// A stream's window is half as long as a recording's at most, and it follows one hypothesis.
	m.programs, err = whisper.NewPrograms(whisper.ProgramsConfig{
		Model: m.loaded.Model, Device: e.device, Windows: c.Recordings + (c.Streams+1)/2,
		Hypotheses: c.Recordings*beamOfRecordings + c.Streams, CacheType: tensor.F16,
	})
	if err != nil {
		return err
	}
	m.whisper, err = whisper.NewTranscriber(whisper.TranscriberConfig{
		Programs: m.programs, Tokens: m.loaded.Tokens, Queue: 4 * (c.Recordings + c.Streams),
	})
	return err
}

// close stops the decoder and waits for it.
func (m *model) close() error {
	m.stop()
	err := <-m.done
	m.programs.Close()
	return errors.Join(err, m.loaded.Close())
}
