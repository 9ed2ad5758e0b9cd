package weights

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// paramTypes are the stored types that bind as they are.
var paramTypes = map[mapped.Type]tensor.DType{
	mapped.F32: tensor.F32, mapped.F16: tensor.F16, mapped.BF16: tensor.BF16, mapped.I8: tensor.I8, mapped.I32: tensor.I32,
}

// param makes a weight of a stored tensor, still unread.
func param(t *mapped.Tensor) (*tensor.Param, error) {
	p := &tensor.Param{Name: t.Name, Shape: t.Shape, Load: t.Load, Release: func() {
		if b, err := t.Load(); err == nil {
			t.Release(b)
		}
	}}
	dtype, ok := paramTypes[t.Type]
	switch {
	case ok && t.Type == mapped.I8 && t.Scale == nil:
		return nil, fmt.Errorf("it is i8 without a scale")
	case ok:
		p.DType = dtype
	case t.Type == mapped.F64:
		p.DType, p.Load, p.Release = tensor.F32, func() ([]byte, error) { return narrow(t) }, nil
	default:
		return nil, fmt.Errorf("type %v cannot be a weight here", t.Type)
	}
	if t.Scale != nil {
		scale, err := param(t.Scale)
		if err != nil {
			return nil, err
		}
		p.Scale = scale
	}
	return p, nil
}

// narrow rounds f64 values to f32.
func narrow(t *mapped.Tensor) ([]byte, error) {
	b, err := t.Load()
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(b)/2)
	for i := 0; i < len(out); i += 4 {
		x := float32(math.Float64frombits(binary.LittleEndian.Uint64(b[2*i:])))
		binary.LittleEndian.PutUint32(out[i:], math.Float32bits(x))
	}
	t.Release(b)
	return out, nil
}

// derive is p with other bytes, made of the loaded ones, in another shape. change may alias its argument.
func derive(p *tensor.Param, shape []int, change func([]byte) []byte) *tensor.Param {
	d := *p
	d.Shape = shape
	d.Load = func() ([]byte, error) {
		b, err := p.Load()
		if err != nil {
			return nil, err
		}
		return change(b), nil
	}
	return &d
}

// part is the i-th of n equal slices of rows. Its Release gives back the pages of the whole tensor: those that a later
// part still needs come back from the file.
func part(p *tensor.Param, i, n int) (*tensor.Param, error) {
	if len(p.Shape) == 0 || p.Shape[0]%n != 0 {
		return nil, fmt.Errorf("shape %v does not split into %d", p.Shape, n)
	}
	shape := slices.Clone(p.Shape)
	shape[0] /= n
	d := derive(p, shape, func(b []byte) []byte { return b[i*len(b)/n : (i+1)*len(b)/n] })
	if p.Scale == nil {
		return d, nil
	}
	scale, err := part(p.Scale, i, n)
	d.Scale = scale
	return d, err
}

// reshaped is p under another shape; -1 in dims stands for what remains.
func reshaped(p *tensor.Param, dims []int) (*tensor.Param, error) {
	shape, known, free := slices.Clone(dims), 1, -1
	for i, d := range shape {
		if d < 0 {
			free = i
		} else {
			known *= d
		}
	}
	if free >= 0 && known > 0 {
		shape[free] = p.Elements() / known
	}
	if n, err := mapped.Count(shape); err != nil || n != p.Elements() {
		return nil, fmt.Errorf("shape %v does not become %v", p.Shape, dims)
	}
	if p.Scale != nil && (len(shape) == 0 || shape[0] != p.Shape[0]) {
		return nil, fmt.Errorf("shape %v has a scale a row and cannot become %v", p.Shape, dims)
	}
	return derive(p, shape, func(b []byte) []byte { return b }), nil
}

// permuted is p with its axes in another order.
func permuted(p *tensor.Param, axes []int) (*tensor.Param, error) {
	sorted := slices.Sorted(slices.Values(axes))
	for i, a := range sorted {
		if a != i {
			return nil, fmt.Errorf("axes %v are no permutation", axes)
		}
	}
	if len(axes) != len(p.Shape) || p.Scale != nil {
		return nil, fmt.Errorf("shape %v (%v) cannot be permuted by %v", p.Shape, p.DType, axes)
	}
	strides, stride := make([]int, len(axes)), p.DType.Size()
	for i := len(strides) - 1; i >= 0; i-- {
		strides[i] = stride
		stride *= p.Shape[i]
	}
	shape, from := make([]int, len(axes)), make([]int, len(axes))
	for i, a := range axes {
		shape[i], from[i] = p.Shape[a], strides[a]
	}
	return derive(p, shape, func(b []byte) []byte { return gather(b, shape, from, p.DType.Size()) }), nil
}

// gather copies values of width bytes that lie at the given byte strides.
func gather(b []byte, shape, strides []int, width int) []byte {
	out := make([]byte, 0, len(b))
	index, at := make([]int, len(shape)), 0
	for len(out) < cap(out) {
		out = append(out, b[at:at+width]...)
		for i := len(index) - 1; i >= 0; i-- {
			at += strides[i]
			if index[i]++; index[i] < shape[i] {
				break
			}
			at -= shape[i] * strides[i]
			index[i] = 0
		}
	}
	return out
}

// reordered is p with row order[i] at i, scales alike.
func reordered(p *tensor.Param, order func(int) []int) (*tensor.Param, error) {
	if len(p.Shape) == 0 {
		return nil, fmt.Errorf("a scalar has no rows")
	}
	n := p.Shape[0]
	from := order(n)
	if len(from) != n || slices.ContainsFunc(from, func(r int) bool { return r < 0 || r >= n }) {
		return nil, fmt.Errorf("the order of %d rows names rows that do not exist", n)
	}
	d := derive(p, p.Shape, func(b []byte) []byte {
		out, row := make([]byte, 0, len(b)), len(b)/n
		for _, r := range from {
			out = append(out, b[r*row:(r+1)*row]...)
		}
		return out
	})
	if p.Scale == nil {
		return d, nil
	}
	scale, err := reordered(p.Scale, order)
	d.Scale = scale
	return d, err
}
