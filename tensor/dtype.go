package tensor

// DType is the type of a tensor's elements.
type DType uint8

// The element types. Activations are F32, indices I32; the others are for weights.
const (
	F32  DType = iota // IEEE 754 binary32
	F16               // IEEE 754 binary16
	BF16              // the upper half of a binary32
	I8                // signed integer with one f32 scale a row
	I32               // signed integer: ids, positions, lengths, slots
)

var dtypes = [...]struct {
	name string
	size int
}{F32: {"f32", 4}, F16: {"f16", 2}, BF16: {"bf16", 2}, I8: {"i8", 1}, I32: {"i32", 4}}

// String gives the type's name: "f32".
func (d DType) String() string { return dtypes[d].name }

// Size is the bytes of one element.
func (d DType) Size() int { return dtypes[d].size }
