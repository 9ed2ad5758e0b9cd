package cpu

import (
	"fmt"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/conv1d"
)

// convolution is a conv1d.
type convolution struct {
	label
	device         *Device
	args           conv1d.Args
	bias           *tensor.Buffer // kept, so that other programs find it
	conv           *conv1d.Conv   // made at the first run
	x, y, residual *tensor.Tensor
}

func (d *Device) conv1d(op *tensor.Op) (tensor.Kernel, error) {
	x, a := op.In[0], op.Attr.(tensor.Conv1d)
	w, err := d.filter(op.Param(0), a.Groups)
	if err != nil {
		return nil, err
	}
	bias, err := d.vector(op.Param(1))
	if err != nil {
		return nil, err
	}
	act, ok := activations[a.Act]
	if !ok {
		return nil, fmt.Errorf("no epilogue with %s", a.Act)
	}
	k := &convolution{label: d.label("conv1d"), device: d, bias: bias, x: x, y: op.Out[0], args: conv1d.Args{
		Options: conv1d.Options{Stride: a.Stride, Dilation: a.Dilation, Groups: a.Groups, Before: a.Pad + a.Before, After: a.Pad + a.After},
		Batch:   x.Dim(0), Time: x.Dim(1), W: w, Bias: bias.F32(), Act: act,
	}}
	if a.Residual {
		k.residual = op.In[1]
	}
	return k, nil
}

func (k *convolution) run(m *memory, p kernel.Pool) (err error) {
	if k.y.Elements() == 0 {
		return nil
	}
	x, y := m.f32(k.x), m.f32(k.y)
	var residual []float32
	if k.residual != nil {
		residual = m.f32(k.residual)
	}
	if k.conv == nil {
		args := k.args
		args.X, args.Y, args.Residual = x, y, residual
		if k.conv, err = conv1d.New(k.device.level, k.device.scratch, args); err != nil {
			return err
		}
	} else if err := k.conv.Rebind(x, y, residual); err != nil {
		return err
	}
	k.conv.Run(p)
	return nil
}
