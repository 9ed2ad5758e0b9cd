package tensor

// layouter gives every tensor its slot and strides and turns views into places.
type layouter struct {
	slots []Slot
	ops   []*Op
}

// layout replaces the operations of g by those that run, with all places known but for the offsets of temporaries.
func layout(g *Graph) []Slot {
	l := &layouter{slots: []Slot{{Kind: SlotArena}}}
	for _, t := range g.named {
		l.own(t, Slot{Kind: t.kind, Name: t.name, DType: t.dtype, Shape: t.shape})
	}
	stores := len(g.ops)
	for stores > 0 && g.ops[stores-1].Kind == KindStore {
		stores--
	}
	for _, op := range g.ops[:stores] {
		l.add(op)
	}
	for _, o := range g.outputs { // before the stores: they show the states' old contents
		l.output(o)
	}
	for _, op := range g.ops[stores:] {
		l.add(op)
	}
	g.ops = l.ops
	return l.slots
}

// add places the results of an operation; views disappear.
func (l *layouter) add(op *Op) {
	for _, in := range op.In {
		l.constant(in)
	}
	if op.view() {
		if !l.view(op) {
			op.In[0] = l.copy(op.In[0])
			l.view(op)
		}
		return
	}
	l.prepare(op)
	for _, out := range op.Out {
		out.Place = Place{Strides: contiguous(out.shape)}
	}
	l.ops = append(l.ops, op)
}

// own gives t a slot of its own.
func (l *layouter) own(t *Tensor, s Slot) {
	t.Place = Place{Slot: len(l.slots), Strides: contiguous(t.shape)}
	l.slots = append(l.slots, s)
}

// constant gives a weight that is used as an operand its slot.
func (l *layouter) constant(t *Tensor) {
	if t.kind == SlotConst && t.Place.Slot == 0 {
		l.own(t, Slot{Kind: SlotConst, Name: t.name, DType: t.dtype, Shape: t.shape, Param: t.param, value: t.value})
	}
}

// view places the result of a reshape, transpose or slice in its operand's memory; false where only a copy of the operand
// has such a view. Bytes are relative to the owner until the plan is made.
func (l *layouter) view(op *Op) bool {
	in, out := op.In[0], op.Out[0]
	place := Place{Byte: in.Place.Byte}
	switch a := op.Attr.(type) {
	case Perm:
		for _, p := range a {
			place.Strides = append(place.Strides, in.Place.Strides[p])
		}
	case Window:
		place.Strides = in.Place.Strides
		place.Byte += a.From * in.Place.Strides[a.Axis] * in.dtype.Size()
	default:
		strides, ok := reshape(in.shape, in.Place.Strides, out.shape)
		if !ok {
			return false
		}
		place.Strides = strides
	}
	out.Place, out.root = place, in.owner()
	return true
}

// owner gives the tensor whose memory t lies in.
func (t *Tensor) owner() *Tensor {
	if t.root != nil {
		return t.root
	}
	return t
}

// output places an output in a slot of its own, where its maker writes it, or copies it there.
func (l *layouter) output(o output) {
	t := o.t
	l.constant(t)
	if t.op == nil || t.root != nil || t.Place.Slot != 0 {
		t = l.copy(t)
	}
	l.own(t, Slot{Kind: SlotOutput, Name: o.name, DType: t.dtype, Shape: t.shape})
}

// copy appends a contiguous copy of t.
func (l *layouter) copy(t *Tensor) *Tensor {
	out := &Tensor{g: t.g, dtype: t.dtype, shape: t.shape, Place: Place{Strides: contiguous(t.shape)}}
	out.op = &Op{Kind: KindCopy, In: []*Tensor{t}, Out: []*Tensor{out}}
	l.ops = append(l.ops, out.op)
	return out
}

// prepare replaces the operands that the operation's kernel cannot read in place by copies.
func (l *layouter) prepare(op *Op) {
	if op.Kind == KindPointwise {
		l.pointwise(op)
	}
	for i, in := range op.In {
		if !readable(op, i, in) {
			op.In[i] = l.copy(in)
		}
	}
}

// readable tells that kernels read operand i of op as it lies.
func readable(op *Op, i int, t *Tensor) bool {
	shape, strides := t.shape, t.Place.Strides
	last := len(shape) - 1
	unit := func(axis int) bool { return axis < 0 || shape[axis] <= 1 || strides[axis] == 1 }
	merged := func(axes int) bool { _, ok := merge(shape[:axes], strides[:axes]); return ok }
	switch op.Kind {
	case KindPointwise, KindCopy:
		return true // pointwise has prepared its own; a copy takes any strides
	case KindConcat:
		axis := int(op.Attr.(Axis))
		return merged(axis) && dense(shape[axis:], strides[axis:])
	case KindMatMul:
		return (unit(last) || i == 1 && unit(last-1)) && merged(last-1)
	case KindAttention, KindAttentionWeights:
		return unit(last)
	case KindLinear, KindLayerNorm, KindRMSNorm, KindSoftmax, KindArgmax, KindTopK, KindPadTime:
		return unit(last) && merged(last)
	case KindKVWrite, KindPagedAttention, KindPagedWeights:
		return i < 2 && last == 1 && unit(last) || dense(shape, strides)
	default:
		return dense(shape, strides)
	}
}
