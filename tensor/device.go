package tensor

import (
	"context"
	"unsafe"
)

// Priority orders runs that want the device at the same time. A run yields between operations to those above it.
type Priority uint8

// The priorities, the most urgent first.
const (
	Live        Priority = iota // a programme on air: voice detection, live recognition
	Interactive                 // somebody waits for the answer
	Batch                       // files and jobs
)

// Priorities is the number of priorities.
const Priorities = 3

// Device prepares and runs programs. Packages below tensor implement it; models never do.
type Device interface {
	// String names the device: "cpu avx512, 2 threads".
	String() string
	// NewBuffer gives zeroed memory that programs of this device may share as a state.
	NewBuffer(t DType, shape ...int) *Buffer
	// Const gives the values of a weight as f32 (i32 stays), shared by all programs.
	Const(p *Param) (*Buffer, error)
	// Select prepares a kernel for an operation and packs its weights. Operands have their places, except for offsets.
	Select(op *Op) (Kernel, error)
	// NewRunner prepares a plan for one session, whose slots are bound to buffers (index 0, the arena, is nil).
	NewRunner(plan *Plan, slots []*Buffer) (Runner, error)
}

// Kernel is an operation prepared for a device. It is immutable and shared by sessions.
type Kernel interface {
	// String names the variant that was chosen, for listings: "matmul avx512 f16".
	String() string
	// Scratch is the bytes of temporary memory that a run needs, for the plan.
	Scratch() int
}

// Runner runs a plan for one session, one run at a time.
type Runner interface {
	Run(ctx context.Context, pri Priority) error
	Close()
}

// Buffer is memory of a device that outlives a run: inputs, outputs, states, constants.
type Buffer struct {
	dtype DType
	shape []int
	host  []byte
}

// HostBuffer gives zeroed host memory, aligned to 64 bytes. Devices use it; models call Device.NewBuffer.
func HostBuffer(t DType, shape ...int) *Buffer {
	return &Buffer{dtype: t, shape: shape, host: AlignedBytes(elements(shape) * t.Size())}
}

// EmptyBuffer gives a buffer with a type and a shape but without memory, for devices that keep none on the host.
func EmptyBuffer(t DType, shape ...int) *Buffer { return &Buffer{dtype: t, shape: shape} }

// AlignedBytes gives zeroed memory that starts at a multiple of 64, the size of a cache line and of a zmm register.
func AlignedBytes(n int) []byte {
	const line = 64
	b := make([]byte, n+line)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (line - 1))
	return b[skip : skip+n : skip+n]
}

// DType is the type of the elements.
func (b *Buffer) DType() DType { return b.dtype }

// Shape gives the dimensions; do not change them.
func (b *Buffer) Shape() []int { return b.shape }

// Bytes gives the memory itself.
func (b *Buffer) Bytes() []byte { return b.host }

// F32 gives the values of an f32 buffer.
func (b *Buffer) F32() []float32 { return View[float32](b.host) }

// I32 gives the values of an i32 buffer.
func (b *Buffer) I32() []int32 { return View[int32](b.host) }

// View reads bytes as numbers of the machine (little-endian wherever Dauys runs). b must be aligned for T, as memory from
// AlignedBytes is.
func View[T float32 | int32 | uint16 | int8 | byte](b []byte) []T {
	var t T
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(t)))
}
