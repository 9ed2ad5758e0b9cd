package matmul

// Type is how a packed weight is stored.
type Type uint8

// The storage types.
const (
	F32  Type = iota
	F16       // IEEE half precision
	BF16      // the upper half of a float32
	I8        // signed bytes with one float32 scale a column of B
	types
)

// Size is the number of bytes of one value.
func (t Type) Size() int { return [types]int{4, 2, 2, 1}[t] }

// String gives the name: f32, f16, bf16 or i8.
func (t Type) String() string { return [types]string{"f32", "f16", "bf16", "i8"}[t] }

// Activation is the function of the epilogue.
type Activation uint8

// The activations.
const (
	None     Activation = iota
	GELU                // x·Φ(x), the form with erf
	GELUTanh            // GELU's tanh approximation
	ReLU
	SiLU
	Sigmoid
	Tanh
	activations
)
