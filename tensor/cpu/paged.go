package cpu

import (
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/paged"
)

// pool gives a pool of keys or values in its type.
func (m *memory) pool(t *tensor.Tensor) paged.Store {
	if t.DType() == tensor.F16 {
		return paged.Store{F16: tensor.View[uint16](m.bytes(t))}
	}
	return paged.Store{F32: m.f32(t)}
}

// kvWrite puts rows of keys and values into their slots.
type kvWrite struct {
	label
	k, v, slots, poolK, poolV *tensor.Tensor
	kernel                    *paged.Write
}

func (d *Device) kvWrite(op *tensor.Op) tensor.Kernel {
	k, v, pool := op.In[0], op.In[1], op.In[3]
	w := &kvWrite{
		d.label("kv write"), k, v, op.In[2], pool, op.In[4],
		paged.NewWrite(d.level, k.Dim(0), k.Dim(1), pool.Dim(0)*pool.Dim(1)),
	}
	w.kernel.KStride, w.kernel.VStride = k.RowStride(), v.RowStride()
	return w
}

func (w *kvWrite) run(m *memory, p kernel.Pool) error {
	k := w.kernel
	k.K, k.V, k.Slots, k.KPool, k.VPool = m.f32(w.k), m.f32(w.v), m.i32(w.slots), m.pool(w.poolK), m.pool(w.poolV)
	k.Run(p)
	return nil
}

// pagedConfig describes attention over pages to the kernel.
func pagedConfig(q, pool, table *tensor.Tensor, o tensor.AttentionOptions) paged.Config {
	return paged.Config{
		Rows: q.Dim(0), Heads: o.Heads, KVHeads: o.KVHeads, Dim: q.Dim(1) / o.Heads, Pages: pool.Dim(0),
		PageSize: pool.Dim(1), MaxPages: table.Dim(1), Scale: o.Scale,
	}
}

// pagedAttend is attention of rows over pages.
type pagedAttend struct {
	label
	q, k, v, table, lengths, out *tensor.Tensor
	kernel                       *paged.Attention
}

func (d *Device) pagedAttention(op *tensor.Op) (tensor.Kernel, error) {
	in, w := op.In, d.weights
	c := pagedConfig(in[0], in[1], in[3], op.Attr.(tensor.AttentionOptions))
	kern, err := shared(&w.mu, w.paged, c, func() (*paged.Attention, error) { return paged.New(d.level, c, d.Threads()) })
	if err != nil {
		return nil, err
	}
	return &pagedAttend{d.label("paged attention"), in[0], in[1], in[2], in[3], in[4], op.Out[0], kern}, nil
}

func (a *pagedAttend) run(m *memory, p kernel.Pool) error {
	k := a.kernel
	k.Q, k.Out, k.QStride, k.OutStride = m.f32(a.q), m.f32(a.out), a.q.RowStride(), a.out.RowStride()
	k.K, k.V, k.Table, k.Lengths = m.pool(a.k), m.pool(a.v), m.i32(a.table), m.i32(a.lengths)
	k.Run(p)
	return nil
}

// pagedWeights is the probabilities of chosen heads over pages.
type pagedWeights struct {
	label
	q, k, table, lengths, out *tensor.Tensor
	kernel                    *paged.Weights
}

func (d *Device) pagedWeights(op *tensor.Op) (tensor.Kernel, error) {
	in, a := op.In, op.Attr.(tensor.PagedWeights)
	kern, err := paged.NewWeights(d.level, pagedConfig(in[0], in[1], in[2], a.AttentionOptions), a.Chosen, d.Threads())
	if err != nil {
		return nil, err
	}
	kern.QStride = in[0].RowStride()
	return &pagedWeights{d.label("paged weights"), in[0], in[1], in[2], in[3], op.Out[0], kern}, nil
}

func (a *pagedWeights) run(m *memory, p kernel.Pool) error {
	k := a.kernel
	k.Q, k.Out, k.K, k.Table, k.Lengths = m.f32(a.q), m.f32(a.out), m.pool(a.k), m.i32(a.table), m.i32(a.lengths)
	k.Run(p)
	return nil
}
