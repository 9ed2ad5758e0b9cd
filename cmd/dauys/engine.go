package main

import (
	"context"
	"io"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/engine"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/models"
	"github.com/dauys/dauys/tensor/cpu"
)

// engine makes the local recogniser. Models load when they are first asked for.
func (e *env) engine(model string) (*engine.Engine, error) {
	if _, err := e.folder().Locate(model); err != nil {
		return nil, err
	}
	return engine.New(engine.Config{Models: e.folder(), Default: model, CPU: e.cpu(), Log: e.log})
}

func (e *env) cpu() cpu.Config {
	c := cpu.Config{Level: e.global.CPU, Threads: e.global.Threads}
	if c.Level == "auto" {
		c.Level = ""
	}
	return c
}

// proveWhisper loads the weights of a folder and transcribes a second of silence with them.
func proveWhisper(ctx context.Context, e *env, folder models.Folder, id string) error {
	r, err := engine.New(engine.Config{Models: folder, Default: id, CPU: e.cpu(), Log: e.log})
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = r.Recognize(ctx, &silence{left: audio.RateHz}, asr.Options{NoVAD: true, NoFallback: true, Beam: 1})
	return err
}

// silence is a source of zeros.
type silence struct{ left int }

// Format is 16 kHz mono.
func (s *silence) Format() audio.Format { return audio.Format{RateHz: audio.RateHz, Channels: 1} }

// Read gives zeros until the length is reached.
func (s *silence) Read(p []float32) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n := min(s.left, len(p))
	clear(p[:n])
	s.left -= n
	return n, nil
}
