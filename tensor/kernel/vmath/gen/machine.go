package main

import (
	"maps"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func sorted(c constants) []uint32 { return slices.Sorted(maps.Keys(c)) }

// machine writes vector instructions of one level. Its methods return new registers and leave their arguments as they are,
// unless said otherwise.
type machine struct {
	isa
	constants
}

type vec = reg.VecVirtual

func (m *machine) vec() vec {
	if m.size == 64 {
		return ZMM()
	}
	return YMM()
}

// c is a constant in memory, repeated in every lane.
func (m *machine) c(v float64) Mem { return m.addr(math.Float32bits(float32(v))) }

// reg loads a constant.
func (m *machine) reg(v float64) vec { x := m.vec(); VBROADCASTSS(m.c(v), x); return x }

// instruction writes an instruction whose first operand may be a constant: AVX-512 repeats that in every lane itself, while AVX2
// reads a whole vector of it.
func (m *machine) instruction(plain, broadcast func(...Op), operands ...Op) {
	if _, constant := operands[0].(Mem); constant && m.size == 64 {
		plain = broadcast
	}
	plain(operands...)
}

func (m *machine) mul(a Op, b vec) vec {
	x := m.vec()
	m.instruction(VMULPS, VMULPS_BCST, a, b, x)
	return x
}

func (m *machine) add(a Op, b vec) vec {
	x := m.vec()
	m.instruction(VADDPS, VADDPS_BCST, a, b, x)
	return x
}

// sub is a - b.
func (m *machine) sub(a vec, b Op) vec {
	x := m.vec()
	m.instruction(VSUBPS, VSUBPS_BCST, b, a, x)
	return x
}

// div is a / b.
func (m *machine) div(a, b vec) vec { x := m.vec(); VDIVPS(b, a, x); return x }

// atMost is min(x, limit), NaN where x is: the instruction gives its last operand when one is NaN.
func (m *machine) atMost(x vec, limit float64) vec { y := m.reg(limit); VMINPS(x, y, y); return y }

// atLeast is max(x, limit), NaN where x is.
func (m *machine) atLeast(x vec, limit float64) vec { y := m.reg(limit); VMAXPS(x, y, y); return y }

// abs clears the sign.
func (m *machine) abs(x vec) vec { return m.and(m.addr(0x7fffffff), x) }

func (m *machine) and(a Op, b vec) vec {
	x := m.vec()
	if m.size == 64 {
		m.instruction(VPANDD, VPANDD_BCST, a, b, x)
	} else {
		VPAND(a, b, x)
	}
	return x
}

func (m *machine) or(a, b vec) vec {
	x := m.vec()
	if m.size == 64 {
		VPORD(a, b, x)
	} else {
		VPOR(a, b, x)
	}
	return x
}

// fma is a·b + c; it takes a's register.
func (m *machine) fma(a, b vec, c Op) vec {
	m.instruction(VFMADD213PS, VFMADD213PS_BCST, c, b, a)
	return a
}

// polynomial evaluates coefficients, lowest power first, by Horner's rule.
func (m *machine) polynomial(x vec, coefficients []float32) vec {
	last := len(coefficients) - 1
	p := m.reg(float64(coefficients[last]))
	for i := last - 1; i >= 0; i-- {
		p = m.fma(p, x, m.c(float64(coefficients[i])))
	}
	return p
}

// compare codes of VCMPPS.
const (
	equal   = 0x00
	less    = 0x11
	notLess = 0x15 // or unordered
)

// choose is y, but v in the lanes where x compares so with limit.
func (m *machine) choose(x vec, code uint8, limit float64, v Op, y vec) vec {
	out := m.vec()
	if m.size == 64 {
		k := K()
		VCMPPS_BCST(Imm(uint64(code)), m.c(limit), x, k)
		m.instruction(VBLENDMPS, VBLENDMPS_BCST, v, y, k, out)
		return out
	}
	mask := m.vec()
	VCMPPS(Imm(uint64(code)), m.c(limit), x, mask)
	VBLENDVPS(mask, v, y, out)
	return out
}

// shiftLeft and shiftRight move the bits of lanes; the latter repeats the sign.
func (m *machine) shiftLeft(n uint64, x vec) vec  { y := m.vec(); VPSLLD(Imm(n), x, y); return y }
func (m *machine) shiftRight(n uint64, x vec) vec { y := m.vec(); VPSRAD(Imm(n), x, y); return y }

// addBits and subBits work on lanes as integers.
func (m *machine) addBits(a Op, b vec) vec {
	x := m.vec()
	m.instruction(VPADDD, VPADDD_BCST, a, b, x)
	return x
}

func (m *machine) subBits(a vec, b Op) vec {
	x := m.vec()
	m.instruction(VPSUBD, VPSUBD_BCST, b, a, x)
	return x
}
