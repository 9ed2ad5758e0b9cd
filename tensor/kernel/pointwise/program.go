package pointwise

import "fmt"

// Op is an element-wise operation of one or two values.
type Op uint8

// The operations. A and B are the values that the step names, X and Y its constants.
const (
	Add       Op = iota // A + B
	Sub                 // A - B
	Mul                 // A * B
	Div                 // A / B
	AddScalar           // A + X
	MulScalar           // A * X
	Neg                 // -A
	Exp                 // e^A
	Log                 // ln A
	Sqrt                // square root of A
	Tanh                // tanh A
	Sigmoid             // 1 / (1 + e^-A)
	ReLU                // max(A, 0)
	LeakyReLU           // A where A > 0, else X*A
	GELU                // A * normal distribution(A), by erf
	GELUTanh            // GELU's approximation by tanh
	SiLU                // A * sigmoid(A)
	Clamp               // A kept within X..Y
	ops
)

// Kind says how an input covers the [rows, cols] of the output.
type Kind uint8

// The kinds of input.
const (
	Full    Kind = iota // [rows, cols]
	Columns             // [cols]: one value a column, the same in each row
	Rows                // [rows]: one value a row, the same in each column
)

// Step is one operation.
type Step struct {
	Op   Op
	A, B int // numbers of values; B for Add, Sub, Mul and Div only
	X, Y float32
}

// Program is a chain of steps.
type Program struct {
	Inputs []Kind
	Steps  []Step
}

func (p Program) check() error {
	if len(p.Steps) == 0 {
		return fmt.Errorf("pointwise: a program needs a step")
	}
	for i, s := range p.Steps {
		known := len(p.Inputs) + i
		if s.Op >= ops || s.A < 0 || s.A >= known || s.binary() && (s.B < 0 || s.B >= known) {
			return fmt.Errorf("pointwise: step %d %+v: unknown operation or value (%d are known)", i, s, known)
		}
	}
	return nil
}

func (s Step) binary() bool { return s.Op <= Div }

// slots gives each step but the last a temporary, reusing one whose value is not read again, and their number.
func (p Program) slots() (slot []int, n int) {
	last := make([]int, len(p.Inputs)+len(p.Steps)) // the step that reads a value last
	for i, s := range p.Steps {
		last[s.A] = i
		if s.binary() {
			last[s.B] = i
		}
	}
	var free []int
	slot = make([]int, len(p.Steps))
	for i, s := range p.Steps {
		release := func(value int) {
			if from := value - len(p.Inputs); from >= 0 && last[value] == i {
				free = append(free, slot[from])
				last[value] = -1
			}
		}
		release(s.A)
		if s.binary() {
			release(s.B)
		}
		if i == len(p.Steps)-1 {
			break
		}
		if len(free) == 0 {
			free = append(free, n)
			n++
		}
		slot[i] = free[len(free)-1]
		free = free[:len(free)-1]
	}
	return slot, n
}
