package cpu

import (
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
)

// Select prepares a kernel for an operation.
func (d *Device) Select(op *tensor.Op) (tensor.Kernel, error) {
	switch op.Kind {
	case tensor.KindLinear:
		return d.linear(op)
	case tensor.KindMatMul:
		return d.product(op)
	case tensor.KindConv1d:
		return d.conv1d(op)
	case tensor.KindPointwise:
		return d.pointwise(op)
	case tensor.KindLayerNorm, tensor.KindRMSNorm:
		return d.norm(op)
	case tensor.KindSoftmax:
		return d.softmax(op), nil
	case tensor.KindArgmax, tensor.KindTopK:
		return d.topK(op), nil
	case tensor.KindEmbedding:
		return d.embedding(op)
	case tensor.KindGather:
		return d.gather(op), nil
	case tensor.KindAttention:
		return d.attention(op)
	case tensor.KindAttentionWeights:
		return d.attentionWeights(op)
	case tensor.KindKVWrite:
		return d.kvWrite(op), nil
	case tensor.KindPagedAttention:
		return d.pagedAttention(op)
	case tensor.KindPagedWeights:
		return d.pagedWeights(op)
	case tensor.KindCopy:
		return d.copy(op)
	case tensor.KindConcat:
		return d.concat(op), nil
	case tensor.KindPadTime:
		return d.padTime(op), nil
	case tensor.KindStore:
		return &store{op: op}, nil
	}
	return nil, fault.Errorf("cpu.Select", fault.Unsupported, "no kernel for %s", op)
}

// label names a kernel in listings and needs no scratch in the arena.
type label string

// String gives the name.
func (l label) String() string { return string(l) }

// Scratch is 0: kernels own the little that they need, one piece a worker.
func (label) Scratch() int { return 0 }

func (d *Device) label(name string) label { return label(name + " " + d.level.String()) }
