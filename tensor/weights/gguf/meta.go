package gguf

import (
	"errors"
	"fmt"
	"math"

	"github.com/dauys/dauys/tensor/weights/mapped"
)

// The value types of a pair (ggml docs/gguf.md, enum gguf_metadata_value_type).
const (
	kindU8 uint32 = iota
	kindI8
	kindU16
	kindI16
	kindU32
	kindI32
	kindF32
	kindBool
	kindString
	kindArray
	kindU64
	kindI64
	kindF64
)

// widths is the bytes of each value type; strings and arrays differ.
var widths = map[uint32]uint64{
	kindU8: 1, kindI8: 1, kindBool: 1, kindU16: 2, kindI16: 2,
	kindU32: 4, kindI32: 4, kindF32: 4, kindU64: 8, kindI64: 8, kindF64: 8,
}

// Array is a metadata array, still in the file.
type Array struct {
	kind uint32
	n    int
	raw  []byte
}

// Len is the number of elements.
func (a Array) Len() int { return a.n }

// Strings decodes an array of strings.
func (a Array) Strings() ([]string, error) {
	if a.kind != kindString {
		return nil, errors.New("the array does not hold strings")
	}
	c, out := mapped.NewCursor(a.raw), make([]string, a.n)
	for i := range out {
		out[i] = text(c)
	}
	return out, c.Err()
}

// Floats decodes an array of numbers.
func (a Array) Floats() ([]float64, error) {
	if widths[a.kind] == 0 {
		return nil, errors.New("the array does not hold numbers")
	}
	c, out := mapped.NewCursor(a.raw), make([]float64, a.n)
	for i := range out {
		switch v := readScalar(c, a.kind).(type) {
		case float64:
			out[i] = v
		case int64:
			out[i] = float64(v)
		case uint64:
			out[i] = float64(v)
		case bool:
			out[i] = map[bool]float64{true: 1}[v]
		}
	}
	return out, c.Err()
}

func readMeta(c *mapped.Cursor, n uint64) mapped.Meta {
	if !c.Many(n, 13) { // the shortest: an empty key, its type, one byte
		return nil
	}
	meta := make(mapped.Meta, n)
	for range n {
		key := text(c)
		meta[key] = readValue(c, c.U32())
		if c.Err() != nil {
			return nil
		}
	}
	return meta
}

func readValue(c *mapped.Cursor, kind uint32) any {
	switch kind {
	case kindString:
		return text(c)
	case kindArray:
		return readArray(c)
	}
	return readScalar(c, kind)
}

// readArray walks over an array and keeps its bytes. Arrays of arrays occur in no model; they are refused.
func readArray(c *mapped.Cursor) any {
	kind, n := c.U32(), c.U64()
	width := widths[kind]
	switch {
	case kind == kindString:
		if !c.Many(n, 8) {
			return nil
		}
		start := *c
		for range n {
			c.Bytes(c.U64())
		}
		return Array{kind, int(n), start.Bytes(uint64(c.Pos() - start.Pos()))}
	case width == 0:
		c.Fail(fmt.Errorf("an array of type %d", kind))
		return nil
	case !c.Many(n, width):
		return nil
	}
	return Array{kind, int(n), c.Bytes(n * width)}
}

func readScalar(c *mapped.Cursor, kind uint32) any {
	switch kind {
	case kindU8:
		return uint64(c.U8())
	case kindI8:
		return int64(int8(c.U8()))
	case kindBool:
		return c.U8() != 0
	case kindU16:
		return uint64(c.U16())
	case kindI16:
		return int64(int16(c.U16()))
	case kindU32:
		return uint64(c.U32())
	case kindI32:
		return int64(int32(c.U32()))
	case kindF32:
		return float64(math.Float32frombits(c.U32()))
	case kindU64:
		return c.U64()
	case kindI64:
		return int64(c.U64())
	case kindF64:
		return math.Float64frombits(c.U64())
	}
	c.Fail(fmt.Errorf("a value of type %d", kind))
	return nil
}
