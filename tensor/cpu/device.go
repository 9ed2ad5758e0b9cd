package cpu

import (
	"context"
	"fmt"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/matmul"
)

// Device computes on the processor. It is safe for concurrent use.
type Device struct {
	level   kernel.Level
	keep    Weights
	pool    *pool
	gate    *gate
	arenas  arenas
	weights *weights
	scratch *matmul.Scratch // of all products: one run at a time uses it
}

// New starts the workers.
func New(c Config) (*Device, error) {
	level, err := c.level()
	if err != nil {
		return nil, err
	}
	threads, err := c.threads()
	if err != nil {
		return nil, err
	}
	return &Device{
		level: level, keep: c.Weights, pool: newPool(threads), gate: newGate(), weights: newWeights(),
		scratch: matmul.NewScratch(level, threads),
	}, nil
}

// Close waits for the runs that have begun, ends the workers and waits for them. Later runs give an error.
func (d *Device) Close() {
	d.gate.close()
	d.pool.close()
}

// Level is the instruction set that kernels use.
func (d *Device) Level() kernel.Level { return d.level }

// Threads is the number of workers.
func (d *Device) Threads() int { return d.pool.Workers() }

// String describes the device: "cpu avx512, 2 threads".
func (d *Device) String() string { return fmt.Sprintf("cpu %s, %d threads", d.level, d.Threads()) }

// NewBuffer gives zeroed memory that programs may share as a state.
func (d *Device) NewBuffer(t tensor.DType, shape ...int) *tensor.Buffer {
	return tensor.HostBuffer(t, shape...)
}

// NewRunner binds a plan to a session's buffers.
func (d *Device) NewRunner(plan *tensor.Plan, slots []*tensor.Buffer) (tensor.Runner, error) {
	r := &runner{
		device: d, plan: plan, ticket: newTicket(), steps: make([]step, len(plan.Steps)),
		memory: memory{slots: make([][]byte, len(slots))},
	}
	for i, b := range slots {
		if b != nil {
			r.memory.slots[i] = b.Bytes()
		}
	}
	for i, s := range plan.Steps {
		k, ok := s.Kernel.(step)
		if !ok {
			return nil, fault.Errorf("cpu.NewRunner", fault.Internal, "kernel %s is of another device", s.Kernel)
		}
		r.steps[i] = k
	}
	return r, nil
}

// exclusively runs f while no run is under way, for packing.
func (d *Device) exclusively(f func(kernel.Pool) error) error {
	if err := d.gate.enter(context.Background(), tensor.Batch, newTicket()); err != nil {
		return err
	}
	defer d.gate.leave()
	return f(d.pool)
}
