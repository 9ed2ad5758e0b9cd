package tensor

// merge gives the distance between consecutive elements of several axes taken as one; false where there is none.
func merge(shape, strides []int) (stride int, ok bool) {
	want := -1
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] == 0 {
			return 1, true
		}
		if shape[i] == 1 {
			continue
		}
		if want < 0 {
			stride = strides[i]
		} else if strides[i] != want {
			return 0, false
		}
		want = strides[i] * shape[i]
	}
	if want < 0 {
		return elements(shape), true // one element: any distance does
	}
	return stride, true
}

// dense tells that axes lie one after another without gaps.
func dense(shape, strides []int) bool {
	stride, ok := merge(shape, strides)
	return ok && (stride == 1 || elements(shape) <= 1)
}

// reshape gives the strides of a view with another shape of as many elements; false where no view exists. It walks groups of
// axes of both shapes that hold the same number of elements; each group of old axes must merge into one.
func reshape(shape, strides, to []int) ([]int, bool) {
	out := contiguous(to)
	if elements(shape) == 0 {
		return out, true
	}
	i, j := 0, 0
	for i < len(shape) || j < len(to) {
		i0, j0, have, want := i, j, 1, 1
		for i == i0 && j == j0 || have != want || i < len(shape) && shape[i] == 1 || j < len(to) && to[j] == 1 {
			if i < len(shape) && (have <= want || shape[i] == 1) {
				have *= shape[i]
				i++
			} else {
				want *= to[j]
				j++
			}
		}
		stride, ok := merge(shape[i0:i], strides[i0:i])
		if !ok {
			return nil, false
		}
		if have == 1 {
			continue
		}
		for k := j - 1; k >= j0; k-- {
			out[k] = stride
			stride *= to[k]
		}
	}
	return out, true
}

// RowStride is the distance in elements between the rows of a tensor, all axes but the last taken as one. Valid where layout
// made it so: for operands that kernels read by rows.
func (t *Tensor) RowStride() int {
	if t.Rows() <= 1 {
		return t.shape[len(t.shape)-1]
	}
	stride, _ := merge(t.shape[:len(t.shape)-1], t.Place.Strides[:len(t.shape)-1])
	return stride
}

// Rows is the number of rows, all axes but the last taken as one.
func (t *Tensor) Rows() int { return elements(t.shape[:len(t.shape)-1]) }

// BatchStride is the distance in elements between the matrices of a tensor, all axes but the last two taken as one.
func (t *Tensor) BatchStride() int {
	stride, _ := merge(t.shape[:len(t.shape)-2], t.Place.Strides[:len(t.shape)-2])
	return stride
}

// LeadStride is the distance in elements between the parts of a tensor behind its first axes, these taken as one.
func (t *Tensor) LeadStride(axes int) int {
	stride, _ := merge(t.shape[:axes], t.Place.Strides[:axes])
	return stride
}
