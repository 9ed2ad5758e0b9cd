package cpu

import (
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/layernorm"
	"github.com/dauys/dauys/tensor/kernel/softmax"
	"github.com/dauys/dauys/tensor/kernel/topk"
)

// norm is a layer norm or RMS norm.
type norm struct {
	label
	in, out    *tensor.Tensor
	gain, bias *tensor.Buffer // kept, so that other programs find them
	kernel     *layernorm.LayerNorm
}

func (d *Device) norm(op *tensor.Op) (tensor.Kernel, error) {
	in, out, eps := op.In[0], op.Out[0], op.Attr.(tensor.Norm).Eps
	gain, err := d.vector(op.Param(0))
	if err != nil {
		return nil, err
	}
	bias, err := d.vector(op.Param(1))
	if err != nil {
		return nil, err
	}
	k := &norm{label: d.label("layernorm"), in: in, out: out, gain: gain, bias: bias, kernel: layernorm.New(d.level, in.Rows(), in.Dim(-1), eps)}
	if op.Kind == tensor.KindRMSNorm {
		k.label, k.kernel = d.label("rmsnorm"), layernorm.NewRMS(d.level, in.Rows(), in.Dim(-1), eps)
	}
	k.kernel.Gain, k.kernel.Bias = gain.F32(), bias.F32()
	k.kernel.InStride, k.kernel.OutStride = in.RowStride(), out.RowStride()
	return k, nil
}

func (k *norm) run(m *memory, p kernel.Pool) error {
	k.kernel.In, k.kernel.Out = m.f32(k.in), m.f32(k.out)
	k.kernel.Run(p)
	return nil
}

// rowSoftmax is softmax or log-softmax.
type rowSoftmax struct {
	label
	in, out *tensor.Tensor
	kernel  *softmax.Softmax
}

func (d *Device) softmax(op *tensor.Op) tensor.Kernel {
	in, out := op.In[0], op.Out[0]
	k := &rowSoftmax{d.label("softmax"), in, out, softmax.New(d.level, in.Rows(), in.Dim(-1), op.Attr.(tensor.Softmax).Log)}
	k.kernel.InStride, k.kernel.OutStride = in.RowStride(), out.RowStride()
	return k
}

func (k *rowSoftmax) run(m *memory, p kernel.Pool) error {
	k.kernel.In, k.kernel.Out = m.f32(k.in), m.f32(k.out)
	k.kernel.Run(p)
	return nil
}

// largest is argmax or top-k.
type largest struct {
	label
	in, values, ids *tensor.Tensor // values is nil for argmax
	kernel          *topk.TopK
}

func (d *Device) topK(op *tensor.Op) tensor.Kernel {
	in, n := op.In[0], 1
	k := &largest{label: d.label("topk"), in: in, ids: op.Out[len(op.Out)-1]}
	if op.Kind == tensor.KindTopK {
		n, k.values = int(op.Attr.(tensor.TopK)), op.Out[0]
	}
	k.kernel = topk.New(d.level, in.Rows(), in.Dim(-1), n)
	k.kernel.InStride = in.RowStride()
	return k
}

func (k *largest) run(m *memory, p kernel.Pool) error {
	k.kernel.In, k.kernel.Indices = m.f32(k.in), m.i32(k.ids)
	if k.values != nil {
		k.kernel.Values = m.f32(k.values)[:k.values.Elements()]
	}
	k.kernel.Run(p)
	return nil
}
