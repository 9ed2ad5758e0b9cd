package tensor

import (
	"context"
	"fmt"
	"slices"
)

// fold computes once what depends on weights alone (a table of positions times a scale) and makes constants of
// the results. Views of weights stay views.
func fold(d Device, g *Graph) error {
	h := invariant(g)
	if len(h.outputs) == 0 {
		return nil
	}
	values, err := evaluate(d, h)
	if err != nil {
		return err
	}
	g.ops = slices.DeleteFunc(g.ops, func(op *Op) bool {
		return slices.ContainsFunc(h.outputs, func(o output) bool { return slices.Contains(op.Out, o.t) })
	})
	for i, o := range h.outputs {
		*o.t = Tensor{g: g, dtype: o.t.dtype, shape: o.t.shape, name: "constant", kind: SlotConst, value: values[i]}
	}
	for _, t := range g.consts {
		t.Place = Place{}
	}
	dropIdle(g)
	return nil
}

// invariant gives the part of g that depends on weights alone, with what the rest reads of it as outputs.
func invariant(g *Graph) *Graph {
	h, constant := &Graph{consts: g.consts}, map[*Tensor]bool{}
	varies := func(t *Tensor) bool { return t.kind != SlotConst && !constant[t] }
	read := func(t *Tensor) {
		known := slices.ContainsFunc(h.outputs, func(o output) bool { return o.t == t })
		if constant[t] && viewRoot(t).op != nil && !known {
			h.outputs = append(h.outputs, output{fmt.Sprint(len(h.outputs)), t})
		}
	}
	for _, op := range g.ops {
		if !op.writes() && len(op.In) > 0 && !slices.ContainsFunc(op.In, varies) {
			h.ops = append(h.ops, op)
			for _, out := range op.Out {
				constant[out] = true
			}
			continue
		}
		for _, in := range op.In {
			read(in)
		}
	}
	for _, o := range g.outputs {
		read(o.t)
	}
	return h
}

// evaluate runs h once and gives its outputs. A device without values gives buffers without them.
func evaluate(d Device, h *Graph) ([]*Buffer, error) {
	outputs := slices.Clone(h.outputs)
	copies := &Graph{consts: h.consts, outputs: outputs, ops: cloneOps(h.ops, outputs)}
	dropIdle(copies)
	p, err := assemble(d, copies)
	if err != nil {
		return nil, err
	}
	s, err := p.NewSession(nil)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	values, empty := make([]*Buffer, len(outputs)), false
	for i, o := range outputs {
		values[i] = s.Buffer(o.name)
		empty = empty || len(values[i].host) == 0 && o.t.Elements() > 0
	}
	if empty {
		return values, nil
	}
	return values, s.Run(context.Background(), Batch)
}

// cloneOps copies operations and their results, so that compiling the copies leaves the record alone. outputs then name the copies.
func cloneOps(ops []*Op, outputs []output) []*Op {
	twin := map[*Tensor]*Tensor{}
	at := func(t *Tensor) *Tensor {
		if c := twin[t]; c != nil {
			return c
		}
		return t
	}
	var all []*Op
	for _, op := range ops {
		c := *op
		c.In, c.Out = slices.Clone(op.In), slices.Clone(op.Out)
		for i, in := range c.In {
			c.In[i] = at(in)
		}
		for i, out := range c.Out {
			t := *out
			t.op = &c
			twin[out], c.Out[i] = &t, &t
		}
		all = append(all, &c)
	}
	for i := range outputs {
		outputs[i].t = at(outputs[i].t)
	}
	return all
}
