package cpu

import (
	"context"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
)

// step is a prepared operation. Programs are shared by sessions, so run binds it to the session's memory each time; the gate
// keeps others away meanwhile.
type step interface {
	tensor.Kernel
	run(m *memory, p kernel.Pool) error
}

// memory is what a run works on: the slots of its plan.
type memory struct{ slots [][]byte }

// bytes gives the memory from a tensor's first element to the slot's end.
func (m *memory) bytes(t *tensor.Tensor) []byte {
	slot := m.slots[t.Place.Slot]
	return slot[min(t.Place.Byte, len(slot)):] // a slice of an empty tensor may begin behind it
}

// f32 gives the values from a tensor's first element to the slot's end.
func (m *memory) f32(t *tensor.Tensor) []float32 { return tensor.View[float32](m.bytes(t)) }

// i32 gives the values of an index tensor, which is contiguous.
func (m *memory) i32(t *tensor.Tensor) []int32 { return tensor.View[int32](m.bytes(t))[:t.Elements()] }

// runner runs a plan for one session.
type runner struct {
	device *Device
	plan   *tensor.Plan
	steps  []step
	memory memory
	ticket *ticket
}

// Run executes the steps in order.
func (r *runner) Run(ctx context.Context, pri tensor.Priority) error {
	const op fault.Op = "cpu.Run"
	if pri >= tensor.Priorities {
		return fault.Errorf(op, fault.Invalid, "unknown priority %d", pri)
	}
	g := r.device.gate
	if err := g.enter(ctx, pri, r.ticket); err != nil {
		return fault.E(op, fault.Other, err)
	}
	r.memory.slots[0] = r.device.arenas.get(r.plan.Arena)
	held := true
	defer func() { // also when a kernel panics, since a server may recover: others must not wait for ever
		r.device.arenas.put(r.memory.slots[0])
		if held {
			g.leave()
		}
	}()
	for i, s := range r.steps {
		if g.wanted(pri) {
			if err := g.yield(ctx, pri, r.ticket); err != nil {
				held = false
				return fault.E(op, fault.Other, err)
			}
		}
		err := ctx.Err()
		if err == nil {
			err = s.run(&r.memory, r.device.pool)
		}
		if err != nil {
			return fault.E(op, fault.Other, r.describe(i, err))
		}
	}
	return nil
}

// describe adds the step to an error of a kernel; the end of ctx stays as it is.
func (r *runner) describe(i int, err error) error {
	if fault.KindOf(err) != fault.Other {
		return err
	}
	return fault.Errorf("cpu.Run", fault.Internal, "step %d, %s: %w", i, r.plan.Steps[i].Op, err)
}

// Close has nothing to give back: a session owns its buffers, arenas are the device's.
func (r *runner) Close() {}
