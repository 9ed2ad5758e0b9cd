package cpu

import (
	"fmt"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/matmul"
)

// activations maps the functions that an epilogue may hold.
var activations = map[tensor.Fn]matmul.Activation{
	tensor.FnNone: matmul.None, tensor.FnGELU: matmul.GELU,
	tensor.FnGELUTanh: matmul.GELUTanh, tensor.FnReLU: matmul.ReLU, tensor.FnSiLU: matmul.SiLU,
	tensor.FnSigmoid: matmul.Sigmoid, tensor.FnTanh: matmul.Tanh,
}

// product is a matmul or a linear layer.
type product struct {
	label
	device            *Device
	args              matmul.Args
	bias              *tensor.Buffer // kept, so that other programs find it
	mul               *matmul.Mul    // made at the first run, which knows the memory
	a, b, c, residual *tensor.Tensor
}

// linear prepares x w^T + bias for one weight or several siblings.
func (d *Device) linear(op *tensor.Op) (tensor.Kernel, error) {
	family := &siblings{}
	for i := range op.Out {
		k, err := d.child(op, i)
		if err != nil {
			return nil, err
		}
		family.children = append(family.children, k)
	}
	if len(family.children) == 1 {
		return family.children[0], nil
	}
	family.label = family.children[0].label + label(fmt.Sprintf(" x%d", len(family.children)))
	return family, nil
}

// child prepares output i of a linear layer.
func (d *Device) child(op *tensor.Op, i int) (*product, error) {
	x, out, w := op.In[0], op.Out[i], op.Param(2*i)
	packed, err := d.matrix(w)
	if err != nil {
		return nil, err
	}
	bias, err := d.vector(op.Param(2*i + 1))
	if err != nil {
		return nil, err
	}
	k := &product{label: d.label("matmul " + packed.Type.String()), device: d, bias: bias, a: x, c: out, args: matmul.Args{
		M: x.Rows(), LDA: x.RowStride(), B: packed, LDC: w.Shape[0], Bias: bias.F32(),
	}}
	if err := k.epilogue(op.Epilogue()); err != nil {
		return nil, err
	}
	if op.Epilogue().Residual {
		k.residual = op.In[1]
		k.args.LDR = k.residual.RowStride()
	}
	return k, nil
}

// product prepares a product of two activations.
func (d *Device) product(op *tensor.Op) (tensor.Kernel, error) {
	a, b, out := op.In[0], op.In[1], op.Out[0]
	m, n, last := a.Dim(-2), b.Dim(-1), b.Rank()-1
	dense := &matmul.Dense{K: b.Dim(-2), N: n, LDB: b.Place.Strides[last-1]}
	if n > 1 && b.Place.Strides[last] != 1 {
		dense.Transposed, dense.LDB = true, b.Place.Strides[last]
	}
	k := &product{label: d.label("matmul dense"), device: d, a: a, b: b, c: out, args: matmul.Args{
		M: m, LDA: a.Place.Strides[a.Rank()-2], Dense: dense, LDC: n,
		Batch: a.Rows() / max(m, 1), StrideA: a.BatchStride(), StrideC: m * n,
	}}
	if b.Rank() > 2 {
		k.args.StrideB = b.BatchStride()
	}
	if err := k.epilogue(op.Epilogue()); err != nil {
		return nil, err
	}
	if op.Epilogue().Residual {
		k.residual = op.In[2]
		k.args.LDR, k.args.StrideR = k.residual.Place.Strides[a.Rank()-2], k.residual.BatchStride()
	}
	return k, nil
}

func (k *product) epilogue(e tensor.Epilogue) error {
	act, ok := activations[e.Act]
	if !ok {
		return fault.Errorf("cpu.Select", fault.Internal, "no epilogue with %s", e.Act)
	}
	k.args.Act = act
	return nil
}

func (k *product) run(m *memory, p kernel.Pool) error {
	if k.c.Elements() == 0 {
		return nil
	}
	if err := k.bind(m); err != nil {
		return err
	}
	k.mul.Run(p)
	return nil
}

// bind points the product at a session's memory.
func (k *product) bind(m *memory) error {
	a, c := m.f32(k.a), m.f32(k.c)
	var b, residual []float32
	if k.b != nil {
		b = m.f32(k.b)
	}
	if k.residual != nil {
		residual = m.f32(k.residual)
	}
	if k.mul == nil {
		return k.prepare(a, b, c, residual)
	}
	return k.mul.Rebind(a, b, c, residual)
}

func (k *product) prepare(a, b, c, residual []float32) (err error) {
	args := k.args
	args.A, args.C, args.Residual = a, c, residual
	if args.Dense != nil {
		args.Dense.B = b
	}
	k.mul, err = matmul.New(k.device.level, k.device.scratch, args)
	return err
}
