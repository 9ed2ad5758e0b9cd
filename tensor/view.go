package tensor

import "slices"

// Reshape gives the same values in another shape; one dimension may be -1 and is computed. It costs nothing when t's
// layout allows it.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	shape = slices.Clone(shape)
	free, n := -1, 1
	for i, d := range shape {
		switch {
		case d >= 0:
			n *= d
		case d == -1 && free < 0:
			free = i
		default:
			refuse("reshape: %s to %s", t.describe(), shapeString(shape))
		}
	}
	if free >= 0 && n > 0 && t.Elements()%n == 0 {
		shape[free] = t.Elements() / n
		n *= shape[free]
	}
	if n != t.Elements() || (free >= 0 && shape[free] < 0) {
		refuse("reshape: %s has %d values, %s has not", t.describe(), t.Elements(), shapeString(shape))
	}
	if slices.Equal(shape, t.shape) {
		return t
	}
	return t.g.record(&Op{Kind: KindReshape, In: []*Tensor{t}}, t.dtype, shape...)
}

// Transpose orders the axes: axis i of the result is axis perm[i] of t. Matmuls read the result without a copy where the
// last two axes changed places.
func (t *Tensor) Transpose(perm ...int) *Tensor {
	shape, seen := make([]int, len(perm)), make([]bool, len(t.shape))
	if len(perm) != len(t.shape) {
		refuse("transpose: %s has %d axes, the order has %d", t.describe(), t.Rank(), len(perm))
	}
	for i, p := range perm {
		if p < 0 || p >= len(seen) || seen[p] {
			refuse("transpose: %v is no order of the axes of %s", perm, t.describe())
		}
		seen[p], shape[i] = true, t.shape[p]
	}
	if slices.IsSorted(perm) {
		return t
	}
	return t.g.record(&Op{Kind: KindTranspose, In: []*Tensor{t}, Attr: Perm(slices.Clone(perm))}, t.dtype, shape...)
}

// Slice keeps from .. to-1 of an axis (negative axes count from the last). It costs nothing where the reader can take rows
// at a distance.
func (t *Tensor) Slice(axis, from, to int) *Tensor {
	axis = t.axis("slice", axis)
	if from < 0 || to < from || to > t.shape[axis] {
		refuse("slice: %d to %d of axis %d of %s", from, to, axis, t.describe())
	}
	if from == 0 && to == t.shape[axis] {
		return t
	}
	shape := slices.Clone(t.shape)
	shape[axis] = to - from
	return t.g.record(&Op{Kind: KindSlice, In: []*Tensor{t}, Attr: Window{axis, from, to}}, t.dtype, shape...)
}

// Concat puts others behind t along an axis.
func (t *Tensor) Concat(axis int, others ...*Tensor) *Tensor {
	axis = t.axis("concat", axis)
	shape := slices.Clone(t.shape)
	for _, o := range others {
		if o.dtype != t.dtype || o.Rank() != t.Rank() {
			refuse("concat: %s and %s", t.describe(), o.describe())
		}
		for i, d := range o.shape {
			if i != axis && d != t.shape[i] {
				refuse("concat along axis %d: %s and %s", axis, t.describe(), o.describe())
			}
		}
		shape[axis] += o.shape[axis]
	}
	if len(others) == 0 {
		return t
	}
	return t.g.record(&Op{Kind: KindConcat, In: append([]*Tensor{t}, others...), Attr: Axis(axis)}, t.dtype, shape...)
}

// PadTime adds rows of zeros before and after t [.., time, channels].
func (t *Tensor) PadTime(before, after int) *Tensor {
	t.wantF32("pad time")
	if t.Rank() < 2 || before < 0 || after < 0 {
		refuse("pad time: %d before and %d after %s", before, after, t.describe())
	}
	if before == 0 && after == 0 {
		return t
	}
	shape := slices.Clone(t.shape)
	shape[t.Rank()-2] += before + after
	return t.g.record(&Op{Kind: KindPadTime, In: []*Tensor{t}, Attr: Padding{before, after}}, F32, shape...)
}
