package tensor

import (
	"context"
	"fmt"
	"slices"

	"github.com/dauys/dauys/fault"
)

// Session owns the inputs, outputs and states of one user of a program. It is used by one goroutine at a time.
type Session struct {
	names   map[string]*Buffer
	runner  Runner
	program *Program
}

// NewSession prepares a session. bind gives states by name to buffers of the device that programs share (a KV pool);
// all other states belong to the session and begin at zero.
func (p *Program) NewSession(bind map[string]*Buffer) (*Session, error) {
	const op fault.Op = "tensor.NewSession"
	s := &Session{names: map[string]*Buffer{}, program: p}
	bufs := slices.Clone(p.consts)
	used := 0
	for i, slot := range p.plan.Slots {
		switch slot.Kind {
		case SlotArena, SlotConst:
			continue
		case SlotState:
			if b := bind[slot.Name]; b != nil {
				if b.dtype != slot.DType || !slices.Equal(b.shape, slot.Shape) {
					return nil, fault.Errorf(op, fault.Invalid, "state %q is %s%s, the buffer is %s%s", slot.Name, slot.DType,
						shapeString(slot.Shape), b.dtype, shapeString(b.shape))
				}
				bufs[i] = b
				used++
			}
		}
		if bufs[i] == nil {
			bufs[i] = p.device.NewBuffer(slot.DType, slot.Shape...)
		}
		s.names[slot.Name] = bufs[i]
	}
	if used != len(bind) {
		return nil, fault.Errorf(op, fault.Invalid, "%d bound buffers, but only %d name states of the program: %s",
			len(bind), used, p.stateNames())
	}
	var err error
	if s.runner, err = p.device.NewRunner(p.plan, bufs); err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	return s, nil
}

func (p *Program) stateNames() string {
	var names []string
	for _, slot := range p.plan.Slots {
		if slot.Kind == SlotState {
			names = append(names, slot.Name)
		}
	}
	return fmt.Sprint(names)
}

// F32 gives the memory of an f32 input, output or state: write inputs before a run, read outputs after it. It gives nil
// for a name that the program does not have or whose type is another.
func (s *Session) F32(name string) []float32 {
	if b := s.names[name]; b != nil && b.dtype == F32 {
		return b.F32()
	}
	return nil
}

// I32 gives the memory of an i32 input, output or state, nil for an unknown name or another type.
func (s *Session) I32(name string) []int32 {
	if b := s.names[name]; b != nil && b.dtype == I32 {
		return b.I32()
	}
	return nil
}

// Buffer gives the buffer of an input, output or state, nil for an unknown name.
func (s *Session) Buffer(name string) *Buffer { return s.names[name] }

// Run executes the program once. It waits for its turn by priority, yields between operations to more urgent runs and gives
// up between operations when ctx ends; then outputs and states are undefined. It allocates nothing.
func (s *Session) Run(ctx context.Context, pri Priority) error { return s.runner.Run(ctx, pri) }

// Close gives the session's memory back. Shared buffers stay.
func (s *Session) Close() { s.runner.Close() }
