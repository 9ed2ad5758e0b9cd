package tensor

import (
	"fmt"
	"strings"
)

// Fn is an element-wise function.
type Fn uint8

// The element-wise functions. x and y are registers, p and q constants of the instruction.
const (
	FnNone      Fn = iota
	FnAdd          // x + y
	FnSub          // x - y
	FnMul          // x * y
	FnDiv          // x / y
	FnAddScalar    // x + p
	FnMulScalar    // x * p
	FnNeg          // -x
	FnExp          // e^x
	FnLog          // natural logarithm
	FnSqrt         // square root
	FnTanh         // hyperbolic tangent
	FnSigmoid      // 1 / (1 + e^-x)
	FnReLU         // max(x, 0)
	FnLeakyReLU    // x, or p x below zero
	FnGELU         // x/2 (1 + erf(x/sqrt 2))
	FnGELUTanh     // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
	FnSiLU         // x / (1 + e^-x)
	FnClamp        // min(max(x, p), q)
)

var fnNames = [...]string{
	"none", "add", "sub", "mul", "div", "add scalar", "mul scalar", "neg", "exp", "log",
	"sqrt", "tanh", "sigmoid", "relu", "leaky relu", "gelu", "gelu tanh", "silu", "clamp",
}

// String gives the function's name in messages and listings.
func (f Fn) String() string { return fnNames[f] }

// Binary tells that the function takes two registers.
func (f Fn) Binary() bool { return f >= FnAdd && f <= FnDiv }

// Instr is one step of a chain: it defines the next register.
type Instr struct {
	Fn   Fn
	X, Y int // registers: the operands first, then the results of earlier steps
	P, Q float32
}

// Chain is the program of a KindPointwise operation. Registers 0..Operands-1 are the operands; each step defines the next
// one; the last step's register is the result. Devices compute every step in f32, rounding after each.
type Chain struct {
	Operands int
	Steps    []Instr
}

// String writes the chain as "r2=mul(r0,r1) r3=sigmoid(r2)".
func (c Chain) String() string {
	var s []string
	for i, in := range c.Steps {
		args := fmt.Sprintf("r%d", in.X)
		switch {
		case in.Fn.Binary():
			args += fmt.Sprintf(",r%d", in.Y)
		case in.Fn == FnClamp:
			args += fmt.Sprintf(",%g,%g", in.P, in.Q)
		case in.Fn == FnAddScalar || in.Fn == FnMulScalar || in.Fn == FnLeakyReLU:
			args += fmt.Sprintf(",%g", in.P)
		}
		s = append(s, fmt.Sprintf("r%d=%s(%s)", c.Operands+i, in.Fn, args))
	}
	return strings.Join(s, " ")
}

// unary records an element-wise function of one operand.
func (t *Tensor) unary(f Fn, p, q float32) *Tensor {
	t.wantF32(f.String())
	return t.g.record(&Op{
		Kind: KindPointwise, In: []*Tensor{t},
		Attr: Chain{1, []Instr{{Fn: f, P: p, Q: q}}},
	}, F32, t.shape...)
}

// binary records an element-wise function of two operands whose dimensions are equal or 1, aligned at the end.
func (t *Tensor) binary(f Fn, b *Tensor) *Tensor {
	t.wantF32(f.String())
	b.wantF32(f.String())
	shape, ok := broadcast(t.shape, b.shape)
	if !ok {
		refuse("%s: %s and %s do not broadcast", f, t.describe(), b.describe())
	}
	return t.g.record(&Op{
		Kind: KindPointwise, In: []*Tensor{t, b},
		Attr: Chain{2, []Instr{{Fn: f, X: 0, Y: 1}}},
	}, F32, shape...)
}

// Add gives t + b; dimensions are equal or 1, aligned at the end.
func (t *Tensor) Add(b *Tensor) *Tensor { return t.binary(FnAdd, b) }

// Sub gives t - b.
func (t *Tensor) Sub(b *Tensor) *Tensor { return t.binary(FnSub, b) }

// Mul gives t * b, element by element.
func (t *Tensor) Mul(b *Tensor) *Tensor { return t.binary(FnMul, b) }

// Div gives t / b, element by element.
func (t *Tensor) Div(b *Tensor) *Tensor { return t.binary(FnDiv, b) }

// AddScalar gives t + x.
func (t *Tensor) AddScalar(x float32) *Tensor { return t.unary(FnAddScalar, x, 0) }

// MulScalar gives t * x.
func (t *Tensor) MulScalar(x float32) *Tensor { return t.unary(FnMulScalar, x, 0) }

// Neg gives -t.
func (t *Tensor) Neg() *Tensor { return t.unary(FnNeg, 0, 0) }

// Exp gives e^t.
func (t *Tensor) Exp() *Tensor { return t.unary(FnExp, 0, 0) }

// Log gives the natural logarithm.
func (t *Tensor) Log() *Tensor { return t.unary(FnLog, 0, 0) }

// Sqrt gives the square root.
func (t *Tensor) Sqrt() *Tensor { return t.unary(FnSqrt, 0, 0) }

// Tanh gives the hyperbolic tangent.
func (t *Tensor) Tanh() *Tensor { return t.unary(FnTanh, 0, 0) }

// Sigmoid gives 1 / (1 + e^-t).
func (t *Tensor) Sigmoid() *Tensor { return t.unary(FnSigmoid, 0, 0) }

// ReLU gives max(t, 0).
func (t *Tensor) ReLU() *Tensor { return t.unary(FnReLU, 0, 0) }

// LeakyReLU gives t, or slope * t below zero.
func (t *Tensor) LeakyReLU(slope float32) *Tensor { return t.unary(FnLeakyReLU, slope, 0) }

// GELU gives t/2 (1 + erf(t/sqrt 2)) (Hendrycks and Gimpel 2016), as Whisper has it.
func (t *Tensor) GELU() *Tensor { return t.unary(FnGELU, 0, 0) }

// GELUTanh is the tanh approximation of GELU, as Gemma has it.
func (t *Tensor) GELUTanh() *Tensor { return t.unary(FnGELUTanh, 0, 0) }

// SiLU gives t / (1 + e^-t).
func (t *Tensor) SiLU() *Tensor { return t.unary(FnSiLU, 0, 0) }

// Clamp gives min(max(t, low), high).
func (t *Tensor) Clamp(low, high float32) *Tensor { return t.unary(FnClamp, low, high) }

// describe is String with the weight's name where t is one.
func (t *Tensor) describe() string {
	if t.name != "" {
		return t.name + " " + t.String()
	}
	return t.String()
}

func (t *Tensor) wantF32(what string) {
	if t.dtype != F32 {
		refuse("%s: operand %s must be f32", what, t.describe())
	}
}

func (t *Tensor) wantI32(what string) {
	if t.dtype != I32 {
		refuse("%s: operand %s must be i32", what, t.describe())
	}
}
