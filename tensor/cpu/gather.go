package cpu

import (
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/embedding"
)

// gather picks rows of a weight or of an activation.
type gather struct {
	label
	rows, ids, out *tensor.Tensor   // rows is nil where a weight is the table
	table          *embedding.Table // kept, so that other programs find it
	kernel         *embedding.Embedding
}

func (d *Device) embedding(op *tensor.Op) (tensor.Kernel, error) {
	ids, p := op.In[0], op.Param(0)
	table, err := d.table(p)
	if err != nil {
		return nil, err
	}
	k := &gather{d.label("embedding"), nil, ids, op.Out[0], table, embedding.New(d.level, ids.Elements(), p.Shape[0], p.Shape[1])}
	k.kernel.Table = *table
	return k, nil
}

func (d *Device) gather(op *tensor.Op) tensor.Kernel {
	x, ids := op.In[0], op.In[1]
	return &gather{d.label("gather"), x, ids, op.Out[0], nil, embedding.New(d.level, ids.Elements(), x.Dim(0), x.Dim(1))}
}

func (k *gather) run(m *memory, p kernel.Pool) error {
	if k.rows != nil {
		k.kernel.Table.F32 = m.f32(k.rows)
	}
	k.kernel.IDs, k.kernel.Out = m.i32(k.ids), m.f32(k.out)
	k.kernel.Run(p)
	return nil
}
