package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/dauys/dauys/tensor/weights/mapped"
)

// values is a decoded TensorProto, its data still where they are.
type values struct {
	name     string
	dims     []int64
	kind     uint64
	location uint64
	raw      *message // raw_data, or the one packed chunk of float_data or double_data
	chunks   int      // how many chunks raw stands for
	ints     []int64  // int32_data and int64_data
	floats   []float32
}

func (v *values) read(m message) error {
	return m.each(func(f field) (err error) {
		switch f.num {
		case tensorDims:
			v.dims, err = f.varints(v.dims)
		case tensorType:
			v.kind = f.value
		case tensorName:
			v.name = f.text()
		case tensorLocation:
			v.location = f.value
		case tensorRaw, tensorDoubles:
			v.raw = &f.body
			v.chunks++
		case tensorFloats:
			if f.body.data == nil {
				v.floats = append(v.floats, float32From(uint32(f.value)))
			} else {
				v.raw = &f.body
				v.chunks++
			}
		case tensorInts32, tensorInts64:
			v.ints, err = f.varints(v.ints)
		}
		return err
	})
}

// view makes a tensor: of the file's bytes where they are raw, else of decoded ones. It gives nil for types that are no
// numbers.
func (v *values) view(source *mapped.Mapping, name string) (*mapped.Tensor, error) {
	kind, ok := types[v.kind]
	if !ok {
		return nil, nil
	}
	shape := make([]int, len(v.dims))
	for i, d := range v.dims {
		shape[i] = int(d)
	}
	size, err := mapped.Size(kind, shape)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", name, err)
	}
	switch {
	case v.chunks > 1:
		return nil, fmt.Errorf("tensor %q has its values in %d places", name, v.chunks)
	case v.raw != nil && len(v.raw.data) == size:
		return mapped.View(source, name, kind, shape, v.raw.at)
	case v.raw != nil:
		return nil, fmt.Errorf("tensor %q: %d bytes do not hold %v %v", name, len(v.raw.data), kind, shape)
	case v.floats != nil && kind == mapped.F32:
		return memory(name, kind, shape, floatBytes(v.floats))
	}
	return memory(name, kind, shape, intBytes(v.ints, kind))
}

func floatBytes(x []float32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// intBytes writes the low bytes of each number: int32_data also carries the bits of f16 and bf16.
func intBytes(x []int64, kind mapped.Type) []byte {
	_, width := kind.Block()
	b := make([]byte, 0, width*len(x))
	for _, v := range x {
		for i := range width {
			b = append(b, byte(v>>(8*i)))
		}
	}
	return b
}

func float32From(bits uint32) float32 { return math.Float32frombits(bits) }

// floats appends a repeated float field, packed or not.
func (f field) floats(to []float32) []float32 {
	if f.body.data == nil {
		return append(to, float32From(uint32(f.value)))
	}
	for b := f.body.data; len(b) >= 4; b = b[4:] {
		to = append(to, float32From(binary.LittleEndian.Uint32(b)))
	}
	return to
}
