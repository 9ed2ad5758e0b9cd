package cpu

import (
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/pointwise"
)

// functions maps the element-wise functions to the kernel's operations.
var functions = map[tensor.Fn]pointwise.Op{
	tensor.FnAdd: pointwise.Add, tensor.FnSub: pointwise.Sub, tensor.FnMul: pointwise.Mul, tensor.FnDiv: pointwise.Div,
	tensor.FnAddScalar: pointwise.AddScalar, tensor.FnMulScalar: pointwise.MulScalar, tensor.FnNeg: pointwise.Neg,
	tensor.FnExp: pointwise.Exp, tensor.FnLog: pointwise.Log, tensor.FnSqrt: pointwise.Sqrt, tensor.FnTanh: pointwise.Tanh,
	tensor.FnSigmoid: pointwise.Sigmoid, tensor.FnReLU: pointwise.ReLU, tensor.FnLeakyReLU: pointwise.LeakyReLU,
	tensor.FnGELU: pointwise.GELU, tensor.FnGELUTanh: pointwise.GELUTanh, tensor.FnSiLU: pointwise.SiLU,
	tensor.FnClamp: pointwise.Clamp,
}

// covers maps how operands cover the grid.
var covers = map[tensor.Cover]pointwise.Kind{
	tensor.CoverFull: pointwise.Full, tensor.CoverColumns: pointwise.Columns,
	tensor.CoverRows: pointwise.Rows,
}

// elementwise is a fused chain.
type elementwise struct {
	label
	in     []*tensor.Tensor
	out    *tensor.Tensor
	kernel *pointwise.Pointwise
}

func (d *Device) pointwise(op *tensor.Op) (tensor.Kernel, error) {
	grid, how, strides := op.Grid()
	var p pointwise.Program
	for _, c := range how {
		p.Inputs = append(p.Inputs, covers[c])
	}
	for _, s := range op.Attr.(tensor.Chain).Steps {
		p.Steps = append(p.Steps, pointwise.Step{Op: functions[s.Fn], A: s.X, B: s.Y, X: s.P, Y: s.Q})
	}
	kern, err := pointwise.New(d.level, p, grid.Rows, grid.Columns, d.Threads())
	if err != nil {
		return nil, err
	}
	for i := range op.In {
		kern.In[i].Stride = strides[i]
	}
	return &elementwise{d.label("pointwise"), op.In, op.Out[0], kern}, nil
}

func (k *elementwise) run(m *memory, p kernel.Pool) error {
	for i, in := range k.in {
		k.kernel.In[i].Data = m.f32(in)
	}
	k.kernel.Out.Data = m.f32(k.out)
	k.kernel.Run(p)
	return nil
}
