package mapped

import (
	"fmt"
	"math/bits"
)

// Type is how the values of a stored tensor are written.
type Type uint8

// The types that weight files hold. From Q4_0 on they are ggml's blocks: a fixed number of values share scales
// (ggml/src/ggml-common.h, block_*).
const (
	Unknown Type = iota
	F64
	F32
	F16
	BF16
	F8E4M3
	F8E5M2
	I64
	I32
	I16
	I8
	U8
	Bool
	Q4_0
	Q4_1
	Q5_0
	Q5_1
	Q8_0
	Q8_1
	Q2_K
	Q3_K
	Q4_K
	Q5_K
	Q6_K
	Q8_K
	IQ4_NL
	IQ4_XS
)

// layouts gives each type its name, the values of a block and the bytes of a block.
var layouts = [...]struct {
	name          string
	values, bytes int
}{
	Unknown: {"unknown", 0, 0},
	F64:     {"f64", 1, 8}, F32: {"f32", 1, 4}, F16: {"f16", 1, 2}, BF16: {"bf16", 1, 2},
	F8E4M3: {"f8_e4m3", 1, 1}, F8E5M2: {"f8_e5m2", 1, 1},
	I64: {"i64", 1, 8}, I32: {"i32", 1, 4}, I16: {"i16", 1, 2}, I8: {"i8", 1, 1}, U8: {"u8", 1, 1}, Bool: {"bool", 1, 1},
	Q4_0: {"q4_0", 32, 18}, Q4_1: {"q4_1", 32, 20}, Q5_0: {"q5_0", 32, 22}, Q5_1: {"q5_1", 32, 24},
	Q8_0: {"q8_0", 32, 34}, Q8_1: {"q8_1", 32, 36},
	Q2_K: {"q2_k", 256, 84}, Q3_K: {"q3_k", 256, 110}, Q4_K: {"q4_k", 256, 144}, Q5_K: {"q5_k", 256, 176},
	Q6_K: {"q6_k", 256, 210}, Q8_K: {"q8_k", 256, 292}, IQ4_NL: {"iq4_nl", 32, 18}, IQ4_XS: {"iq4_xs", 256, 136},
}

// ggmlTypes is enum ggml_type (ggml/include/ggml.h), which GGUF and the legacy .bin files use.
var ggmlTypes = map[uint32]Type{
	0: F32, 1: F16, 2: Q4_0, 3: Q4_1, 6: Q5_0, 7: Q5_1, 8: Q8_0, 9: Q8_1, 10: Q2_K, 11: Q3_K, 12: Q4_K, 13: Q5_K,
	14: Q6_K, 15: Q8_K, 20: IQ4_NL, 23: IQ4_XS, 24: I8, 25: I16, 26: I32, 27: I64, 28: F64, 30: BF16,
}

// GGML gives the type that ggml numbers id.
func GGML(id uint32) (Type, error) {
	t, ok := ggmlTypes[id]
	if !ok {
		return Unknown, fmt.Errorf("ggml type %d is not supported", id)
	}
	return t, nil
}

// String is the lower-case name: f16, q4_k.
func (t Type) String() string {
	if int(t) < len(layouts) {
		return layouts[t].name
	}
	return "unknown"
}

// Block is the smallest unit of the type: so many values in so many bytes. Plain types have blocks of one value.
func (t Type) Block() (values, bytes int) {
	if int(t) < len(layouts) {
		return layouts[t].values, layouts[t].bytes
	}
	return 0, 0
}

// Count is the number of values of a shape; it fails where a dimension is negative or the product exceeds an int.
func Count(shape []int) (int, error) {
	n := uint64(1)
	for _, d := range shape {
		if d == 0 {
			return 0, nonNegative(shape)
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if d < 0 || hi != 0 || lo > 1<<62 {
			return 0, fmt.Errorf("shape %v is impossible", shape)
		}
		n = lo
	}
	return int(n), nil
}

func nonNegative(shape []int) error {
	for _, d := range shape {
		if d < 0 {
			return fmt.Errorf("shape %v is impossible", shape)
		}
	}
	return nil
}

// Size is the bytes that a tensor takes; blocks lie along the last dimension, which they must divide.
func Size(t Type, shape []int) (int, error) {
	n, err := Count(shape)
	if err != nil {
		return 0, err
	}
	values, bytes := t.Block()
	switch {
	case values == 0:
		return 0, fmt.Errorf("type %v has no size", t)
	case values > 1 && (len(shape) == 0 || shape[len(shape)-1]%values != 0):
		return 0, fmt.Errorf("shape %v does not divide into blocks of %d", shape, values)
	case n/values > (1<<62)/bytes:
		return 0, fmt.Errorf("shape %v is impossible", shape)
	}
	return n / values * bytes, nil
}
