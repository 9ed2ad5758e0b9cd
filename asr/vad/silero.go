package vad

import (
	"context"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/weights"
)

// Model is a loaded network. It is immutable and shared by any number of streams.
type Model struct{ program *tensor.Program }

// Open loads the network from one of the files that the package comment names.
func Open(device tensor.Device, path string) (*Model, error) {
	const op fault.Op = "vad.Open"
	file, err := weights.Open(path)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	defer file.Close() //nolint:errcheck // the weights are packed by then; unmapping a file that was read cannot lose anything
	n := newNetwork()
	if err := weights.Bind(n, file, names(file)); err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	program, err := tensor.Compile(device, n.record)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	return &Model{program}, nil
}

// Stream is the network's memory of one sound. It is used by one goroutine at a time.
type Stream struct {
	session     *tensor.Session
	window      []float32 // context, frame, reflection
	h, c        []float32
	probability []float32
}

// NewStream begins a sound.
func (m *Model) NewStream() (*Stream, error) {
	s, err := m.program.NewSession(nil)
	if err != nil {
		return nil, fault.E("vad.NewStream", fault.Other, err)
	}
	return &Stream{session: s, window: s.F32("window"), h: s.F32("h"), c: s.F32("c"), probability: s.F32("probability")}, nil
}

// Probability tells how likely frame, the next 512 samples at 16 kHz in [-1, 1], holds speech. It allocates nothing.
// After an error the stream has not moved on.
func (s *Stream) Probability(ctx context.Context, frame []float32) (float32, error) {
	const op fault.Op = "vad.Probability"
	if len(frame) != FrameSamples {
		return 0, fault.Errorf(op, fault.Invalid, "a frame of %d samples: the network hears %d at a time", len(frame), FrameSamples)
	}
	copy(s.window[contextSamples:], frame)
	heard := contextSamples + FrameSamples
	for i := range reflected {
		s.window[heard+i] = s.window[heard-2-i]
	}
	if err := s.session.Run(ctx, tensor.Live); err != nil {
		return 0, fault.E(op, fault.Other, err)
	}
	copy(s.window, frame[FrameSamples-contextSamples:])
	return s.probability[0], nil
}

// Reset forgets the sound so far: the next frame is the first of another.
func (s *Stream) Reset() {
	clear(s.window[:contextSamples])
	clear(s.h)
	clear(s.c)
}

// Close gives the stream's memory back.
func (s *Stream) Close() { s.session.Close() }
