package tensor

// joinSiblings makes one operation of linear layers that follow each other and read the same rows: query, key and value. They
// run as one task, so that workers wait for each other once; every layer keeps its own packed weight, so programs share weights
// whether they join them or not, and the bits stay.
func joinSiblings(g *Graph) {
	var ops []*Op
	for _, op := range g.ops {
		if n := len(ops); n > 0 && siblings(ops[n-1], op) {
			first := ops[n-1]
			first.Params = append(first.Params, op.Param(0), op.Param(1))
			first.Out = append(first.Out, op.Out[0])
			op.Out[0].op = first
			continue
		}
		ops = append(ops, op)
	}
	g.ops = ops
}

// siblings tells that b can join a.
func siblings(a, b *Op) bool {
	return a.Kind == KindLinear && b.Kind == KindLinear && a.In[0] == b.In[0] && a.Epilogue() == b.Epilogue() && !a.Epilogue().Residual
}
