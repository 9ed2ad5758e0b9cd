// Command gen writes the assembly of tensor/kernel/vmath: every function for AVX-512 and for AVX2 from one description.
package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is a level: its name and the size of a vector in bytes.
type isa struct {
	name string
	size int
}

var levels = []isa{{"AVX512", 64}, {"AVX2", 32}}

// function is one entry of the package: its name and how a vector x becomes the result.
type function struct {
	name string
	body func(m *machine, x reg.VecVirtual) reg.VecVirtual
}

var functions = []function{
	{"exp", (*machine).exp},
	{"log", (*machine).log},
	{"tanh", (*machine).tanh},
	{"sigmoid", (*machine).sigmoid},
	{"silu", (*machine).silu},
	{"gelu", (*machine).gelu},
	{"geluTanh", (*machine).geluTanh},
}

func main() {
	table := constants{}
	for _, l := range levels {
		for _, f := range functions {
			write(&machine{isa: l, constants: table}, f)
		}
	}
	tailMask()
	table.data()
	Generate()
}

// write makes a routine: whole vectors, then the rest under a mask, by the same arithmetic.
func write(m *machine, f function) {
	name := f.name + m.name
	TEXT(name, NOSPLIT, "func(dst, src *float32, n int)")
	Pragma("noescape")
	Doc(name + " sets n values.")
	dst, src, n := GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("n"), n)
	lanes := m.size / 4
	SUBQ(Imm(uint64(lanes)), n)
	JL(LabelRef("tail"))
	Label("loop")
	x := m.vec()
	VMOVUPS(Mem{Base: src}, x)
	VMOVUPS(f.body(m, x), Mem{Base: dst})
	ADDQ(Imm(uint64(m.size)), src)
	ADDQ(Imm(uint64(m.size)), dst)
	SUBQ(Imm(uint64(lanes)), n)
	JGE(LabelRef("loop"))
	Label("tail")
	ADDQ(Imm(uint64(lanes)), n)
	JZ(LabelRef("end"))
	m.tail(f, dst, src, n)
	Label("end")
	VZEROUPPER()
	RET()
}

// tail works on the last n values, fewer than a vector.
func (m *machine) tail(f function, dst, src, n reg.GPVirtual) {
	x := m.vec()
	if m.size == 64 {
		bits, mask := GP32(), K()
		MOVL(I32(-1), bits)
		BZHIL(n.As32(), bits, bits)
		KMOVW(bits, mask)
		VMOVUPS_Z(Mem{Base: src}, mask, x)
		VMOVUPS(f.body(m, x), mask, Mem{Base: dst})
		return
	}
	table, mask := GP64(), YMM()
	LEAQ(NewDataAddr(Symbol{Name: "tail_mask", Static: true}, 0), table)
	NEGQ(n)
	VMOVDQU(Mem{Base: table, Disp: 32, Index: n, Scale: 4}, mask)
	VMASKMOVPS(Mem{Base: src}, mask, x)
	VMASKMOVPS(f.body(m, x), mask, Mem{Base: dst})
}

// tailMask is eight lanes on, eight lanes off: read at 32 - 4n for n lanes.
func tailMask() {
	GLOBL("tail_mask", RODATA|NOPTR)
	for i := range 16 {
		v := uint32(0)
		if i < 8 {
			v = math.MaxUint32
		}
		DATA(4*i, U32(v))
	}
}

// constants are the vectors of one repeated value that the routines load, by their bits.
type constants map[uint32]bool

// addr is where a constant lies.
func (c constants) addr(bits uint32) Mem {
	c[bits] = true
	return NewDataAddr(Symbol{Name: fmt.Sprintf("c%08x", bits), Static: true}, 0)
}

// data writes the constants.
func (c constants) data() {
	for _, bits := range sorted(c) {
		GLOBL(fmt.Sprintf("c%08x", bits), RODATA|NOPTR)
		for i := range 8 {
			DATA(4*i, U32(bits))
		}
	}
}
