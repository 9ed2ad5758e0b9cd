package cpu

import (
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/attention"
)

// attend is dense attention.
type attend struct {
	label
	q, k, v, out, lengths *tensor.Tensor
	kernel                *attention.Attention
}

// attentionConfig describes dense attention to the kernel.
func attentionConfig(q, k *tensor.Tensor, o tensor.AttentionOptions) attention.Config {
	return attention.Config{
		Batch: q.Dim(0), QTime: q.Dim(1), KTime: k.Dim(1), Heads: o.Heads, KVHeads: o.KVHeads,
		Dim: q.Dim(2) / o.Heads, Scale: o.Scale, Causal: o.Causal, Offset: k.Dim(1) - q.Dim(1),
	}
}

func (d *Device) attention(op *tensor.Op) (tensor.Kernel, error) {
	c := attentionConfig(op.In[0], op.In[1], op.Attr.(tensor.AttentionOptions))
	w := d.weights
	kern, err := shared(&w.mu, w.attentions, c, func() (*attention.Attention, error) {
		return attention.New(d.level, c, d.Threads())
	})
	if err != nil {
		return nil, err
	}
	k := &attend{label: d.label("attention"), q: op.In[0], k: op.In[1], v: op.In[2], out: op.Out[0], kernel: kern}
	if len(op.In) == 4 {
		k.lengths = op.In[3]
	}
	return k, nil
}

// view gives a tensor [batch, time, width] with its distances.
func (m *memory) view(t *tensor.Tensor) attention.View {
	return attention.View{Data: m.f32(t), Batch: t.Place.Strides[0], Row: t.Place.Strides[1]}
}

func (k *attend) run(m *memory, p kernel.Pool) error {
	a := k.kernel
	a.Q, a.K, a.V, a.Out, a.Lengths = m.view(k.q), m.view(k.k), m.view(k.v), m.view(k.out), nil
	if k.lengths != nil {
		a.Lengths = m.i32(k.lengths)
	}
	a.Run(p)
	return nil
}

// attendWeights is the probabilities of dense attention.
type attendWeights struct {
	label
	q, k, out, lengths *tensor.Tensor
	kernel             *attention.Weights
}

func (d *Device) attentionWeights(op *tensor.Op) (tensor.Kernel, error) {
	o := op.Attr.(tensor.AttentionOptions)
	heads := make([]int, o.Heads)
	for i := range heads {
		heads[i] = i
	}
	kern, err := attention.NewWeights(d.level, attentionConfig(op.In[0], op.In[1], o), heads, d.Threads())
	if err != nil {
		return nil, err
	}
	k := &attendWeights{label: d.label("attention weights"), q: op.In[0], k: op.In[1], out: op.Out[0], kernel: kern}
	if len(op.In) == 3 {
		k.lengths = op.In[2]
	}
	return k, nil
}

func (k *attendWeights) run(m *memory, p kernel.Pool) error {
	k.kernel.Q, k.kernel.K, k.kernel.Out = m.view(k.q), m.view(k.k), m.f32(k.out)
	if k.lengths != nil {
		k.kernel.Lengths = m.i32(k.lengths)
	}
	k.kernel.Run(p)
	return nil
}
