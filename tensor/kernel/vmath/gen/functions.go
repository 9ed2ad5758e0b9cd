package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
)

const one = 0x3f800000 // the bits of 1

// reduce splits x = n·ln2 + r with |r| <= ln2/2 and gives q = e**r - 1, n as a float and n in the low bits.
func (m *machine) reduce(x vec) (q, n, bits vec) {
	bits = m.reg(log2E)
	bits = m.fma(bits, x, m.c(magic))
	n = m.sub(bits, m.c(magic))
	r := m.reg(-ln2High)
	r = m.fma(r, n, x)
	low := m.reg(-ln2Low)
	r = m.fma(low, n, r)
	q = m.polynomial(r, expTail)
	q = m.fma(q, m.mul(r, r), r)
	return q, n, bits
}

// power is 2**n from n in the low bits, for normal results.
func (m *machine) power(bits vec) vec { return m.addBits(m.addr(one), m.shiftLeft(23, bits)) }

// exp covers the whole range: what overflows is +Inf, what underflows is subnormal, then zero.
func (m *machine) exp(x vec) vec {
	q, n, bits := m.reduce(m.atMost(m.atLeast(x, -104), 89))
	p := m.add(m.c(1), q)
	if m.size == 64 {
		y := m.vec()
		VSCALEFPS(n, p, y)
		return y
	}
	whole := m.subBits(bits, m.c(magic)) // 2**n in two steps, as n may be below -126 or 128
	half := m.shiftRight(1, whole)
	p = m.mul(m.power(half), p)
	return m.mul(m.power(m.subBits(whole, half)), p)
}

// normalExp is exp where the result is a normal number.
func (m *machine) normalExp(x vec) vec {
	q, _, bits := m.reduce(x)
	s := m.power(bits)
	return m.fma(q, s, s)
}

// onePlusExpOfMinus is 1 + e**-x.
func (m *machine) onePlusExpOfMinus(x vec) vec {
	zero := m.reg(0)
	return m.add(m.c(1), m.exp(m.sub(zero, x)))
}

func (m *machine) sigmoid(x vec) vec { return m.div(m.reg(1), m.onePlusExpOfMinus(x)) }

func (m *machine) silu(x vec) vec { return m.div(m.atLeast(x, -200), m.onePlusExpOfMinus(x)) }

// geluTanh is x·sigmoid(2u) with u = √(2/π)(x + 0.044715x³): x/2·(1+tanh u).
func (m *machine) geluTanh(x vec) vec {
	scale := 2 * math.Sqrt(2/math.Pi)
	u := m.mul(m.c(scale*0.044715), m.mul(x, x))
	u = m.mul(x, m.add(m.c(scale), u))
	return m.div(m.atLeast(x, -40), m.onePlusExpOfMinus(u))
}

// tanh is E/(E+2) with E = e**2|x| - 1 = 2**n·q + (2**n - 1), and the sign of x.
func (m *machine) tanh(x vec) vec {
	a := m.atMost(m.abs(x), 10)
	q, _, bits := m.reduce(m.add(a, a))
	s := m.power(bits)
	e := m.fma(q, s, m.sub(s, m.c(1)))
	y := m.div(e, m.add(m.c(2), e))
	return m.or(m.and(m.addr(0x80000000), x), y)
}

// gelu is max(x, 0) - a·Φ(-a) with a = |x|.
func (m *machine) gelu(x vec) vec {
	a := m.atMost(m.abs(x), 13)
	d := m.reg(normalScale)
	d = m.fma(d, a, m.c(1))
	t := m.div(m.reg(1), d)
	e := m.normalExp(m.mul(m.mul(m.c(-0.5), a), a))
	h := m.mul(m.mul(t, e), m.polynomial(t, normalTail))
	y := m.atLeast(x, 0)
	VFNMADD231PS(h, a, y)
	return y
}

// log splits x = 2**e·(1+f) with 1+f in [√½, √2).
func (m *machine) log(x vec) vec {
	const root = 0x3f3504f3 // bits of √½
	smallest := float64(math.Float32frombits(0x00800000))
	scaled := m.choose(x, less, smallest, m.mul(m.c(1<<25), x), x)
	shift := m.choose(x, less, smallest, m.reg(-25), m.reg(0))
	e := m.shiftRight(23, m.subBits(scaled, m.addr(root)))
	f := m.sub(m.subBits(scaled, m.shiftLeft(23, e)), m.c(1))
	n := m.vec()
	VCVTDQ2PS(e, n)
	n = m.add(shift, n)
	f2 := m.mul(f, f)
	p := m.mul(m.mul(f, f2), m.polynomial(f, logTail))
	low := m.reg(ln2Low)
	p = m.fma(low, n, p)
	half := m.reg(-0.5)
	p = m.fma(half, f2, p)
	p = m.add(f, p)
	high := m.reg(ln2High)
	y := m.fma(high, n, p)
	y = m.choose(x, notLess, math.Inf(1), x, y)
	y = m.choose(x, equal, 0, m.reg(math.Inf(-1)), y)
	return m.choose(x, less, 0, m.reg(math.NaN()), y)
}
