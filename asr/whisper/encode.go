package whisper

import (
	"context"
	"sync"

	"github.com/dauys/dauys/decode/kv"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
)

// Buckets are the lengths of window that have an encoder program of their own, in seconds. A window is padded to the next
// one. Recordings use 30 s, what the model was trained on; live windows use the shortest that fits, which costs less and
// changes words little.
var buckets = []int{3, 5, 8, 10, 15, 20, 25, 30}

// encoder is the program of one bucket and its idle sessions.
type encoder struct {
	positions int
	once      sync.Once
	program   *tensor.Program
	err       error
	mu        sync.Mutex
	idle      []*tensor.Session
}

// Bucket gives the encoder positions of the shortest bucket that holds frames of mel (100 a second).
func (p *Programs) Bucket(frames int) int {
	most := p.model.Config.AudioLen
	for _, seconds := range buckets {
		if n := seconds * PositionsPerSecond; n < most && frames <= 2*n {
			return n
		}
	}
	return most
}

// Window is a stretch of encoded audio: keys and values for the decoder, in pages of the shared memory. Release gives
// them back.
type Window struct {
	Memory    *kv.Sequence
	Positions int
	programs  *Programs
}

// Release gives the window's memory back. Requests that use it must have ended.
func (w *Window) Release() {
	p := w.programs
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Memory.Release()
	close(p.released)
	p.released = make(chan struct{})
}

// Encode hears mel [frames, mels], normalised, padded with zeros to positions (see [Programs.Bucket]). States, where not nil,
// gets the encoder's output [positions, width]. It waits while the memory has no room for the window: those who hold
// windows only read them.
func (p *Programs) Encode(ctx context.Context, mel []float32, positions int, urgency tensor.Priority, states []float32) (*Window, error) {
	const op = "whisper.Encode"
	if frames := len(mel) / p.model.Config.Mels; frames > 2*positions || len(mel)%p.model.Config.Mels != 0 {
		return nil, fault.Errorf(op, fault.Invalid, "%d mel values: the window holds %d frames of %d", len(mel), 2*positions, p.model.Config.Mels)
	}
	w, slots, err := p.reserve(ctx, positions)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	if err := p.hear(ctx, mel, slots, positions, urgency, states); err != nil {
		w.Release()
		return nil, fault.E(op, fault.Other, err)
	}
	return w, nil
}

// hear runs the encoder of a window into its slots.
func (p *Programs) hear(ctx context.Context, mel []float32, slots []int32, positions int, urgency tensor.Priority, states []float32) error {
	e := p.encoder(positions)
	s, err := e.session(p)
	if err != nil {
		return err
	}
	defer e.give(s)
	copy(s.I32("slots"), slots)
	in := s.F32("mel")
	clear(in[copy(in, mel):])
	if err := s.Run(ctx, urgency); err != nil {
		return err
	}
	copy(states, s.F32("states"))
	return nil
}

// reserve takes memory for a window, waiting for others to release theirs.
func (p *Programs) reserve(ctx context.Context, positions int) (*Window, []int32, error) {
	w := &Window{Memory: p.memory.NewSequence(), Positions: positions, programs: p}
	for {
		p.mu.Lock()
		slots, err := w.Memory.Grow(nil, positions)
		released := p.released
		p.mu.Unlock()
		if err == nil {
			return w, slots, nil
		}
		if p.memory.PagesFor(positions) > p.memory.Pages() || fault.KindOf(err) != fault.Exhausted {
			return nil, nil, err
		}
		select {
		case <-released:
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		}
	}
}

func (p *Programs) encoder(positions int) *encoder {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.encoders[positions]
	if e == nil {
		e = &encoder{positions: positions}
		p.encoders[positions] = e
	}
	return e
}

// session gives an idle session, or a new one.
func (e *encoder) session(p *Programs) (*tensor.Session, error) {
	e.once.Do(func() { e.program, e.err = p.compileEncoder(e.positions) })
	if e.err != nil {
		return nil, e.err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.idle); n > 0 {
		s := e.idle[n-1]
		e.idle = e.idle[:n-1]
		return s, nil
	}
	return e.program.NewSession(p.audio)
}

func (e *encoder) give(s *tensor.Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.idle = append(e.idle, s)
}

// compileEncoder builds the program that hears a window and writes the keys and values of every decoder block.
func (p *Programs) compileEncoder(positions int) (*tensor.Program, error) {
	m := p.model
	return tensor.Compile(p.device, func(g *tensor.Graph) {
		mel := g.Input("mel", tensor.F32, 1, 2*positions, m.Config.Mels)
		slots := g.Input("slots", tensor.I32, positions)
		states := m.Encoder.Forward(g, mel, m.Config.Heads)
		flat := states.Reshape(positions, m.Config.Width)
		for i := range m.Decoder.Blocks {
			k, v := m.Decoder.Blocks[i].Cross.KeyValue(flat)
			pool(g, p.audio, crossName, i).Write(k, v, slots)
		}
		g.Output("states", states)
	})
}

// Close frees the sessions. Nothing may be running.
func (p *Programs) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.encoders {
		for _, s := range e.idle {
			s.Close()
		}
		e.idle = nil
	}
}
