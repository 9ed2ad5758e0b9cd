package cpu

import (
	"fmt"
	"runtime"
	"sync"
	"weak"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/attention"
	"github.com/dauys/dauys/tensor/kernel/conv1d"
	"github.com/dauys/dauys/tensor/kernel/convert"
	"github.com/dauys/dauys/tensor/kernel/embedding"
	"github.com/dauys/dauys/tensor/kernel/matmul"
	"github.com/dauys/dauys/tensor/kernel/paged"
)

// weights shares packed weights among programs. Entries live as long as a program holds them.
type weights struct {
	mu       sync.Mutex
	matrices map[*tensor.Param]weak.Pointer[matmul.Packed]
	filters  map[filterKey]weak.Pointer[conv1d.Weight]
	tables   map[*tensor.Param]weak.Pointer[embedding.Table]
	vectors  map[*tensor.Param]weak.Pointer[tensor.Buffer]
	// Kernels with much working memory are shared as well: one run at a time uses them.
	attentions map[attention.Config]weak.Pointer[attention.Attention]
	paged      map[paged.Config]weak.Pointer[paged.Attention]
}

// filterKey names a packed convolution: the weight's shape does not tell the groups.
type filterKey struct {
	param  *tensor.Param
	groups int
}

func newWeights() *weights {
	return &weights{
		matrices:   map[*tensor.Param]weak.Pointer[matmul.Packed]{},
		filters:    map[filterKey]weak.Pointer[conv1d.Weight]{},
		tables:     map[*tensor.Param]weak.Pointer[embedding.Table]{},
		vectors:    map[*tensor.Param]weak.Pointer[tensor.Buffer]{},
		attentions: map[attention.Config]weak.Pointer[attention.Attention]{},
		paged:      map[paged.Config]weak.Pointer[paged.Attention]{},
	}
}

// shared gives the live value under a key or makes it. The entry goes away with the value.
func shared[K comparable, V any](mu *sync.Mutex, all map[K]weak.Pointer[V], key K, make func() (*V, error)) (*V, error) {
	mu.Lock()
	defer mu.Unlock()
	if v := all[key].Value(); v != nil {
		return v, nil
	}
	v, err := make()
	if err != nil {
		return nil, err
	}
	all[key] = weak.Make(v)
	runtime.AddCleanup(v, func(key K) {
		mu.Lock()
		defer mu.Unlock()
		if all[key].Value() == nil {
			delete(all, key)
		}
	}, key)
	return v, nil
}

// load reads a weight, checks its size and hands it to use; then the source pages are released. Files put values at odd
// addresses; they are read as they lie, since the processors that Go runs on allow it and a copy would double the memory.
func load(p *tensor.Param, use func([]byte) error) error {
	const op fault.Op = "cpu.load"
	if p.Load == nil {
		return fault.Errorf(op, fault.Invalid, "weight %s has no values: it was not bound to a file", p)
	}
	raw, err := p.Load()
	if err != nil {
		return fault.E(op, fault.Other, fmt.Errorf("weight %s: %w", p, err))
	}
	if want := p.Elements() * p.DType.Size(); len(raw) != want {
		return fault.Errorf(op, fault.Corrupt, "weight %s has %d bytes, its shape wants %d", p, len(raw), want)
	}
	err = use(raw)
	if p.Release != nil {
		p.Release()
	}
	return err
}

// widen gives the values of a weight as f32, rows scaled where it is i8.
func widen(l kernel.Level, p *tensor.Param, raw []byte, dst []float32) error {
	switch p.DType {
	case tensor.F32, tensor.I32:
		copy(dst, tensor.View[float32](raw))
	case tensor.F16:
		convert.F16ToF32(l, dst, tensor.View[uint16](raw))
	case tensor.BF16:
		convert.BF16ToF32(l, dst, tensor.View[uint16](raw))
	case tensor.I8:
		scales, err := rowScales(p)
		if err != nil || len(scales) == 0 {
			return err
		}
		width := len(raw) / len(scales)
		for i, s := range scales {
			convert.I8ToF32(l, dst[i*width:][:width], tensor.View[int8](raw)[i*width:][:width], s)
		}
	}
	return nil
}

// rowScales reads the factors of an i8 weight.
func rowScales(p *tensor.Param) ([]float32, error) {
	if p.DType != tensor.I8 {
		return nil, nil
	}
	if p.Scale == nil || p.Scale.DType != tensor.F32 || p.Scale.Elements() != p.Shape[0] {
		return nil, fault.Errorf("cpu.load", fault.Invalid, "i8 weight %s needs a scale of f32[%d], has %s", p, p.Shape[0], p.Scale)
	}
	out := make([]float32, p.Shape[0])
	return out, load(p.Scale, func(raw []byte) error {
		copy(out, tensor.View[float32](raw))
		return nil
	})
}

// Const gives a weight as a buffer of f32 (i32 stays).
func (d *Device) Const(p *tensor.Param) (*tensor.Buffer, error) {
	w := d.weights
	return shared(&w.mu, w.vectors, p, func() (*tensor.Buffer, error) {
		t := tensor.F32
		if p.DType == tensor.I32 {
			t = tensor.I32
		}
		b := tensor.HostBuffer(t, p.Shape...)
		return b, load(p, func(raw []byte) error { return widen(d.level, p, raw, tensor.View[float32](b.Bytes())) })
	})
}

// vector gives a bias or gain; an absent one is an empty buffer.
func (d *Device) vector(p *tensor.Param) (*tensor.Buffer, error) {
	if p == nil {
		return &tensor.Buffer{}, nil
	}
	return d.Const(p)
}

// table gives an embedding's rows in the type of their file.
func (d *Device) table(p *tensor.Param) (*embedding.Table, error) {
	w := d.weights
	return shared(&w.mu, w.tables, p, func() (*embedding.Table, error) {
		t := &embedding.Table{}
		scales, err := rowScales(p)
		if err != nil {
			return nil, err
		}
		return t, load(p, func(raw []byte) error {
			own := tensor.AlignedBytes(len(raw))
			copy(own, raw)
			switch p.DType {
			case tensor.F16:
				t.F16 = tensor.View[uint16](own)
			case tensor.BF16:
				t.BF16 = tensor.View[uint16](own)
			case tensor.I8:
				t.I8, t.Scales = tensor.View[int8](own), scales
			default:
				t.F32 = tensor.View[float32](own)
			}
			return nil
		})
	})
}

// sourceTypes gives a weight's type as products know it.
var sourceTypes = map[tensor.DType]matmul.Type{
	tensor.F32: matmul.F32, tensor.F16: matmul.F16, tensor.BF16: matmul.BF16,
	tensor.I8: matmul.I8,
}

// types gives the types of a weight in its file and in memory.
func (d *Device) types(p *tensor.Param) (src, dst matmul.Type, err error) {
	src, ok := sourceTypes[p.DType]
	if !ok {
		return 0, 0, fault.Errorf("cpu.Select", fault.Unsupported, "weight %s: a matrix of %s", p, p.DType)
	}
	switch {
	case d.keep == HalfFloat && src == matmul.F32:
		return src, matmul.F16, nil
	case d.keep == FullFloat:
		return src, matmul.F32, nil
	}
	return src, src, nil
}

// matrix gives the packed weight [out, in] of a linear layer.
func (d *Device) matrix(p *tensor.Param) (*matmul.Packed, error) {
	w := d.weights
	return shared(&w.mu, w.matrices, p, func() (packed *matmul.Packed, err error) {
		return packed, d.pack(p, func(pool kernel.Pool, src, dst matmul.Type, raw []byte, scales []float32) error {
			packed, err = matmul.Pack(d.level, pool, dst, src, raw, p.Shape[0], p.Shape[1], scales)
			return err
		})
	})
}

// filter gives the packed weight [out, in/groups, taps] of a convolution.
func (d *Device) filter(p *tensor.Param, groups int) (*conv1d.Weight, error) {
	w := d.weights
	return shared(&w.mu, w.filters, filterKey{p, groups}, func() (packed *conv1d.Weight, err error) {
		return packed, d.pack(p, func(pool kernel.Pool, src, dst matmul.Type, raw []byte, scales []float32) error {
			packed, err = conv1d.Pack(d.level, pool, dst, src, raw, p.Shape[0], p.Shape[1]*groups, p.Shape[2], groups, scales)
			return err
		})
	})
}

// pack loads a weight and hands it to f with the types, the scales and the workers.
func (d *Device) pack(p *tensor.Param, f func(kernel.Pool, matmul.Type, matmul.Type, []byte, []float32) error) error {
	src, dst, err := d.types(p)
	if err != nil {
		return err
	}
	scales, err := rowScales(p)
	if err != nil {
		return err
	}
	return load(p, func(raw []byte) error {
		return d.exclusively(func(pool kernel.Pool) error { return f(pool, src, dst, raw, scales) })
	})
}
