package tensor

import "slices"

// simplify drops operations whose results nobody reads and turns stores into operations at the end.
func simplify(g *Graph) {
	appendStores(g)
	dropIdle(g)
}

// appendStores makes the stores the program's last operations. A value that is a state itself is copied first, so that
// all stores see the old contents.
func appendStores(g *Graph) {
	var stores []*Op
	for _, s := range g.stores {
		value := s.value
		if root := viewRoot(value); root.kind == SlotState && root.op == nil {
			value = g.record(&Op{Kind: KindCopy, In: []*Tensor{value}}, value.dtype, value.shape...)
		}
		stores = append(stores, &Op{Kind: KindStore, In: []*Tensor{value, s.state}})
	}
	g.ops = append(g.ops, stores...)
}

// viewRoot follows views to the tensor that owns the data.
func viewRoot(t *Tensor) *Tensor {
	for t.op != nil && t.op.view() {
		t = t.op.In[0]
	}
	return t
}

// view tells that the operation's result may share its operand's memory.
func (op *Op) view() bool {
	return op.Kind == KindReshape || op.Kind == KindTranspose || op.Kind == KindSlice
}

// dropIdle removes operations that neither outputs nor states depend on.
func dropIdle(g *Graph) {
	live := map[*Tensor]bool{}
	for _, o := range g.outputs {
		live[o.t] = true
	}
	for i := len(g.ops) - 1; i >= 0; i-- {
		op := g.ops[i]
		if !op.writes() && !slices.ContainsFunc(op.Out, func(t *Tensor) bool { return live[t] }) {
			g.ops[i] = nil
			continue
		}
		for _, in := range op.In {
			live[in] = true
		}
	}
	g.ops = slices.DeleteFunc(g.ops, func(op *Op) bool { return op == nil })
}
