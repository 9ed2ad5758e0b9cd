package cpu

import (
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/transpose"
)

// gathered makes a contiguous copy of a strided tensor.
type gathered struct {
	label
	in, out *tensor.Tensor
	kernel  *transpose.Transpose
}

func (d *Device) copy(op *tensor.Op) (tensor.Kernel, error) {
	in := op.In[0]
	if in.DType().Size() != 4 {
		return nil, fault.Errorf("cpu.Select", fault.Unsupported, "copy of %s", in)
	}
	perm := make([]int, in.Rank())
	for i := range perm {
		perm[i] = i
	}
	kern, err := transpose.New(d.level, in.Shape(), in.Place.Strides, perm)
	return &gathered{d.label("copy"), in, op.Out[0], kern}, err
}

func (k *gathered) run(m *memory, p kernel.Pool) error {
	k.kernel.In, k.kernel.Out = m.f32(k.in), m.f32(k.out) // i32 has the same size, and copies look at no value
	k.kernel.Run(p)
	return nil
}

// block is a run of rows to copy: rows of n values, inStride and outStride apart.
type block struct {
	in                           *tensor.Tensor // nil: zeros
	at, rows, n                  int            // at: first element in the result
	inStride, outStride, inStart int
}

// blocks assembles a tensor of blocks: concatenation and padding.
type blocks struct {
	label
	out    *tensor.Tensor
	blocks []block
	memory *memory // while it runs
}

// concat puts tensors one behind another along an axis.
func (d *Device) concat(op *tensor.Op) tensor.Kernel {
	out, axis := op.Out[0], int(op.Attr.(tensor.Axis))
	k := &blocks{label: d.label("concat"), out: out}
	tail := 1
	for _, n := range out.Shape()[axis+1:] {
		tail *= n
	}
	width, at := out.Dim(axis)*tail, 0
	for _, in := range op.In {
		n := in.Dim(axis) * tail
		if n == 0 || in.Elements() == 0 {
			continue
		}
		k.blocks = append(k.blocks, block{in: in, at: at, rows: in.Elements() / n, n: n, inStride: in.LeadStride(axis), outStride: width})
		at += n
	}
	return k
}

// padTime adds rows of zeros before and after each matrix.
func (d *Device) padTime(op *tensor.Op) tensor.Kernel {
	in, out, p := op.In[0], op.Out[0], op.Attr.(tensor.Padding)
	k := &blocks{label: d.label("pad"), out: out}
	time, width := in.Dim(-2), in.Dim(-1)
	total, stride := time+p.Before+p.After, in.RowStride()
	for b := range in.Rows() / max(time, 1) {
		at := b * total * width
		k.blocks = append(k.blocks,
			block{at: at, rows: p.Before, n: width, outStride: width},
			block{in: in, at: at + p.Before*width, rows: time, n: width, inStride: stride, outStride: width, inStart: b * time * stride},
			block{at: at + (p.Before+time)*width, rows: p.After, n: width, outStride: width})
	}
	return k
}

func (k *blocks) run(m *memory, p kernel.Pool) error {
	const large = 1 << 18 // values that are worth a second worker
	k.memory = m
	if k.out.Elements() < large {
		for i := range k.blocks {
			k.Do(0, i)
		}
	} else {
		p.Run(len(k.blocks), k)
	}
	k.memory = nil
	return nil
}

// Do copies one block.
func (k *blocks) Do(_, part int) {
	b, out := &k.blocks[part], k.memory.f32(k.out)
	var in []float32
	if b.in != nil {
		in = k.memory.f32(b.in)[b.inStart:]
	}
	for r := range b.rows {
		dst := out[b.at+r*b.outStride:][:b.n]
		if b.in == nil {
			clear(dst)
		} else {
			copy(dst, in[r*b.inStride:])
		}
	}
}

// store copies a value into its state.
type store struct{ op *tensor.Op }

// String names the kernel.
func (*store) String() string { return "store" }

// Scratch is 0.
func (*store) Scratch() int { return 0 }

func (s *store) run(m *memory, _ kernel.Pool) error {
	value, state := s.op.In[0], s.op.In[1]
	n := value.Elements() * value.DType().Size()
	copy(m.bytes(state)[:n], m.bytes(value)[:n])
	return nil
}
