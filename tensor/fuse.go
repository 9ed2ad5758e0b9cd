package tensor

import "slices"

const (
	mostOperands = 8  // of a fused chain
	mostSteps    = 24 // of a fused chain: its temporaries stay in the first cache
)

// fuser merges operations into the ones that read them. Every merge keeps the order of roundings, so a fused program gives
// the same bits as the record.
type fuser struct {
	uses map[*Tensor]int // readers of each tensor, outputs included
	at   map[*Op]int     // position in the record
}

// fuse moves activations, sums and padding into products and merges element-wise chains.
func fuse(g *Graph) {
	f := &fuser{uses: map[*Tensor]int{}, at: map[*Op]int{}}
	for i, op := range g.ops {
		f.at[op] = i
		for _, in := range op.In {
			f.uses[in]++
		}
	}
	for _, o := range g.outputs {
		f.uses[o.t]++
	}
	for _, op := range g.ops {
		switch op.Kind {
		case KindConv1d:
			f.absorbPadding(op)
		case KindPointwise:
			if !f.joinProduct(op) {
				f.joinChains(op)
			}
		}
	}
	dropIdle(g)
}

// absorbPadding lets a convolution pad by itself.
func (f *fuser) absorbPadding(op *Op) {
	pad := op.In[0].op
	if pad == nil || pad.Kind != KindPadTime || f.uses[op.In[0]] != 1 {
		return
	}
	p, c := pad.Attr.(Padding), op.Attr.(Conv1d)
	c.Before, c.After = c.Before+p.Before, c.After+p.After
	op.Attr = c
	op.In[0] = pad.In[0]
}

// epilogueOf gives the epilogue of a product, nil for other operations.
func (op *Op) epilogueOf() *Epilogue {
	switch a := op.Attr.(type) {
	case Epilogue:
		return &a
	case MatMul:
		return &a.Epilogue
	case Conv1d:
		return &a.Epilogue
	}
	return nil
}

// setEpilogue replaces the epilogue of a product.
func (op *Op) setEpilogue(e Epilogue) {
	switch a := op.Attr.(type) {
	case Epilogue:
		op.Attr = e
	case MatMul:
		a.Epilogue = e
		op.Attr = a
	case Conv1d:
		a.Epilogue = e
		op.Attr = a
	}
}

// Epilogue gives what follows the product of a matmul, linear or conv1d.
func (op *Op) Epilogue() Epilogue {
	if e := op.epilogueOf(); e != nil {
		return *e
	}
	return Epilogue{}
}

// product gives the product that t comes from when nobody else reads t and its sum is not taken yet.
func (f *fuser) product(t *Tensor) *Op {
	if t.op == nil || f.uses[t] != 1 {
		return nil
	}
	if e := t.op.epilogueOf(); e == nil || e.Residual {
		return nil
	}
	return t.op
}

// joinProduct turns op, one activation or sum after a product, into that product with a longer epilogue.
func (f *fuser) joinProduct(op *Op) bool {
	chain := op.Attr.(Chain)
	step := chain.Steps[0]
	switch {
	case len(chain.Steps) != 1:
		return false
	case step.Fn.activation():
		p := f.product(op.In[0])
		if p == nil || p.Epilogue().Act != FnNone {
			return false
		}
		e := p.Epilogue()
		e.Act = step.Fn
		f.become(op, p, e, nil)
		return true
	case step.Fn != FnAdd || op.In[0] == op.In[1]:
		return false
	}
	var best *Op // the later of two products takes the other as its residual
	var residual *Tensor
	for j, in := range op.In {
		p, other := f.product(in), op.In[1-j]
		if p != nil && summable(op.Out[0], in, other) && (best == nil || f.at[p] > f.at[best]) {
			best, residual = p, other
		}
	}
	if best == nil {
		return false
	}
	e := best.Epilogue()
	e.Residual = true
	f.become(op, best, e, residual)
	return true
}

// summable tells that a product in can add other by itself: same rows, only the leading axes may be written differently.
func summable(out, in, other *Tensor) bool {
	if in.op.Kind == KindMatMul {
		return slices.Equal(other.shape, in.shape)
	}
	return slices.Equal(in.shape, out.shape) && other.Elements() == in.Elements() && other.Rank() > 0 && other.Dim(-1) == in.Dim(-1)
}

// become makes op the product p with another epilogue. p itself is idle from now on.
func (f *fuser) become(op, p *Op, e Epilogue, residual *Tensor) {
	f.uses[p.Out[0]] = 0
	op.Kind, op.Params, op.Attr = p.Kind, p.Params, p.Attr
	op.In = optional(slices.Clone(p.In), residual)
	op.setEpilogue(e)
}

// activation tells that products may apply the function to their result.
func (f Fn) activation() bool {
	switch f {
	case FnGELU, FnGELUTanh, FnReLU, FnSiLU, FnSigmoid, FnTanh:
		return true
	}
	return false
}

// joinChains merges the chains that op reads into it, where nobody else reads them and they have op's shape.
func (f *fuser) joinChains(op *Op) {
	for i := 0; i < len(op.In); {
		in := op.In[i]
		src := in.op
		if src == nil || src.Kind != KindPointwise || f.uses[in] != count(op.In, in) ||
			!slices.Equal(in.shape, op.Out[0].shape) || !f.merge(op, src, i) {
			i++
		}
	}
}

func count(list []*Tensor, t *Tensor) (n int) {
	for _, x := range list {
		if x == t {
			n++
		}
	}
	return n
}

// merge puts the chain of src, whose result is operand at of op, before the steps of op.
func (f *fuser) merge(op, src *Op, at int) bool {
	from, to := src.Attr.(Chain), op.Attr.(Chain)
	var in []*Tensor
	number := func(t *Tensor) int {
		if i := slices.Index(in, t); i >= 0 {
			return i
		}
		in = append(in, t)
		return len(in) - 1
	}
	old := op.In[at]
	first, second := make([]int, from.Operands), make([]int, to.Operands)
	for i, t := range src.In {
		first[i] = number(t)
	}
	for i, t := range op.In {
		if t != old {
			second[i] = number(t)
		}
	}
	if len(in) > mostOperands || len(from.Steps)+len(to.Steps) > mostSteps {
		return false
	}
	result := len(in) + len(from.Steps) - 1
	for i, t := range op.In {
		if t == old {
			second[i] = result
		}
	}
	steps := renumber(nil, from, first, len(in))
	op.Attr = Chain{len(in), renumber(steps, to, second, result+1)}
	for _, t := range src.In {
		f.uses[t]--
	}
	for _, t := range op.In {
		f.uses[t]--
	}
	for _, t := range in {
		f.uses[t]++
	}
	op.In = in
	return true
}

// renumber appends the steps of c with operands by their new registers and results from base on.
func renumber(steps []Instr, c Chain, operands []int, base int) []Instr {
	at := func(r int) int {
		if r < c.Operands {
			return operands[r]
		}
		return base + r - c.Operands
	}
	for _, s := range c.Steps {
		s.X = at(s.X)
		if s.Fn.Binary() {
			s.Y = at(s.Y)
		}
		steps = append(steps, s)
	}
	return steps
}
