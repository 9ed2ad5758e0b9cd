package tensor

// SlotKind tells what a slot of a program holds.
type SlotKind uint8

// The kinds of slots.
const (
	SlotArena  SlotKind = iota // temporaries; slot 0 and no other
	SlotInput                  // written by the caller
	SlotOutput                 // read by the caller
	SlotState                  // stays from run to run
	SlotConst                  // a weight used as an operand
)

// String names the kind in messages.
func (k SlotKind) String() string {
	return [...]string{"arena", "input", "output", "state", "param"}[k]
}

// Slot is memory that a plan refers to.
type Slot struct {
	Kind  SlotKind
	Name  string
	DType DType
	Shape []int
	Param *Param // of SlotConst; nil where the value was computed at Compile
	value *Buffer
}

// Place is where a tensor's data lies: element i of axis a is at Byte + i*Strides[a]*size of the slot.
type Place struct {
	Slot    int
	Byte    int
	Strides []int // in elements
}

// Step is an operation of a plan with its kernel.
type Step struct {
	Op      *Op
	Kernel  Kernel
	Scratch int // byte offset of the kernel's temporary memory in the arena
}

// Plan is what a device runs: steps in order, slots, and the size of the arena. It is immutable.
type Plan struct {
	Slots []Slot
	Steps []Step
	Arena int // bytes
}
