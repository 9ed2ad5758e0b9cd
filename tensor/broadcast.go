package tensor

// Cover says how an operand of an element-wise operation covers the [rows, columns] of the result.
type Cover uint8

// The covers.
const (
	CoverFull    Cover = iota // a value for each element, rows at a distance
	CoverColumns              // one row for all rows
	CoverRows                 // one value a row, next to each other
	coverNone                 // must be copied first
)

// Grid is the two-dimensional shape that an element-wise operation runs over.
type Grid struct{ Rows, Columns int }

// Grid gives the operation's shape as rows and columns and how each operand covers it, with the distance between rows.
func (op *Op) Grid() (Grid, []Cover, []int) {
	shape := op.Out[0].shape
	split, _ := bestSplit(op)
	g := Grid{elements(shape[:split]), elements(shape[split:])}
	covers, strides := make([]Cover, len(op.In)), make([]int, len(op.In))
	for i, in := range op.In {
		covers[i], strides[i] = cover(in, shape, split)
	}
	return g, covers, strides
}

// bestSplit cuts the axes of the result in rows and columns so that the fewest operands need a copy and rows are long.
func bestSplit(op *Op) (split, copies int) {
	shape := op.Out[0].shape
	copies = len(op.In) + 1
	for s := 0; s <= len(shape); s++ {
		n := 0
		for _, in := range op.In {
			if c, _ := cover(in, shape, s); c == coverNone {
				n++
			}
		}
		if n < copies {
			split, copies = s, n
		}
	}
	return split, copies
}

// cover tells how t, broadcast to shape, covers the grid that split makes.
func cover(t *Tensor, shape []int, split int) (Cover, int) {
	strides := make([]int, len(shape))
	lead := len(shape) - len(t.shape)
	for i, d := range t.shape {
		if d != 1 {
			strides[lead+i] = t.Place.Strides[i]
		}
	}
	row, ok := merge(shape[:split], strides[:split])
	if !ok {
		return coverNone, 0
	}
	rows, columns := elements(shape[:split]), elements(shape[split:])
	switch still := rows > 1 && flat(shape[:split], strides[:split]); {
	case dense(shape[split:], strides[split:]) && still:
		return CoverColumns, 0
	case dense(shape[split:], strides[split:]) && rows == 1:
		return CoverFull, columns
	case dense(shape[split:], strides[split:]):
		return CoverFull, row
	case flat(shape[split:], strides[split:]) && !still && (row == 1 || rows == 1):
		return CoverRows, 1
	}
	return coverNone, 0
}

// flat tells that all elements of the axes are one.
func flat(shape, strides []int) bool {
	for i, d := range shape {
		if d > 1 && strides[i] != 0 {
			return false
		}
	}
	return true
}

// pointwise copies the operands of an element-wise operation that fit no grid.
func (l *layouter) pointwise(op *Op) {
	split, copies := bestSplit(op)
	if copies == 0 {
		return
	}
	shape := op.Out[0].shape
	for i, in := range op.In {
		if c, _ := cover(in, shape, split); c == coverNone {
			op.In[i] = l.expand(in, shape)
		}
	}
}

// expand appends a contiguous copy of t, broadcast to shape.
func (l *layouter) expand(t *Tensor, shape []int) *Tensor {
	wide := &Tensor{g: t.g, dtype: t.dtype, shape: shape, Place: Place{Byte: t.Place.Byte, Strides: make([]int, len(shape))}}
	lead := len(shape) - len(t.shape)
	for i, d := range t.shape {
		if d != 1 {
			wide.Place.Strides[lead+i] = t.Place.Strides[i]
		}
	}
	wide.root = t.owner()
	return l.copy(wide)
}
