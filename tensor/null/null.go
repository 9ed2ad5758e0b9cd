// Package null is the device that computes nothing: it compiles programs, so that shapes and plans of every model can be
// checked without weights, memory or time.
//
//	p, err := tensor.Compile(null.Device{}, func(g *tensor.Graph) { ... })
//	fmt.Print(p) // the steps after fusion and the size of the arena
package null

import (
	"context"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
)

// Device checks shapes. Weights need no values.
type Device struct{}

// String names the device.
func (Device) String() string { return "null" }

// NewBuffer gives a buffer of the shape without its memory.
func (Device) NewBuffer(t tensor.DType, shape ...int) *tensor.Buffer {
	return tensor.EmptyBuffer(t, shape...)
}

// Const gives a weight's shape.
func (Device) Const(p *tensor.Param) (*tensor.Buffer, error) {
	return tensor.EmptyBuffer(tensor.F32, p.Shape...), nil
}

// Select accepts every operation.
func (Device) Select(*tensor.Op) (tensor.Kernel, error) { return nothing{}, nil }

// NewRunner gives a runner that refuses to run.
func (Device) NewRunner(*tensor.Plan, []*tensor.Buffer) (tensor.Runner, error) { return nothing{}, nil }

// nothing is the kernel of every operation and the runner of every plan.
type nothing struct{}

// String names the kernel.
func (nothing) String() string { return "null" }

// Scratch is 0.
func (nothing) Scratch() int { return 0 }

// Run refuses: there are no values.
func (nothing) Run(context.Context, tensor.Priority) error {
	return fault.Errorf("null.Run", fault.Unsupported, "the null device computes nothing: use cpu")
}

// Close does nothing.
func (nothing) Close() {}
