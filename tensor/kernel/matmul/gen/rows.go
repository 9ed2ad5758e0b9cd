package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// expand writes the conversion of a panel's block to float32; n is a multiple of a panel row.
func (l isa) expand(s storage) {
	name := "expand" + l.name + s.name
	begin(name, "func(dst *float32, src *byte, n int)", name+" converts n values; n is a multiple of two vectors.")
	dst, src, n := Load(Param("dst"), GP64()), Load(Param("src"), GP64()), Load(Param("n"), GP64())
	Label(name + "Loop")
	for h := range 2 {
		s.load(plain(src, h*l.lanes*s.size), l.v[h])
		VMOVUPS(l.v[h], plain(dst, h*l.lanes*4))
	}
	ADDQ(Imm(uint64(2*l.lanes*s.size)), src)
	ADDQ(Imm(uint64(2*l.lanes*4)), dst)
	SUBQ(Imm(uint64(2*l.lanes)), n)
	JNZ(LabelRef(name + "Loop"))
	end()
}

// affine writes c = c·(alpha·scale) + bias, with scale and bias optional: four loops.
func (l isa) affine() {
	name := "affine" + l.name
	begin(name, "func(c *float32, n int, alpha float32, scale, bias *float32)",
		name+" sets c = c*alpha*scale + bias; scale and bias may be nil.")
	c, n := Load(Param("c"), GP64()), Load(Param("n"), GP64())
	scale, bias := Load(Param("scale"), GP64()), Load(Param("bias"), GP64())
	alpha := l.v[0]
	a, err := Param("alpha").Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(a.Addr, alpha)
	for _, with := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
		label := name + map[bool]string{true: "S", false: "N"}[with[0]] + map[bool]string{true: "B", false: "N"}[with[1]]
		Label(label)
		for i, p := range []reg.Register{scale, bias} {
			if with[i] {
				TESTQ(p, p)
				JZ(LabelRef(next(name, with, i)))
			}
		}
		l.each(label, n, []reg.Register{c, scale, bias}, func(w width) {
			x, f := w.v(1), w.v(0)
			w.load(plain(c, 0), x)
			if with[0] {
				f = w.v(2)
				w.load(plain(scale, 0), f)
				w.mul(w.v(0), f, f)
			}
			if with[1] {
				b := w.v(3)
				w.load(plain(bias, 0), b)
				w.fma(x, f, b)
				x = b
			} else {
				w.mul(f, x, x)
			}
			w.store(x, plain(c, 0))
		})
		end()
	}
}

// next names the loop to try when operand i is missing.
func next(name string, with [2]bool, i int) string {
	with[i] = false
	return name + map[bool]string{true: "S", false: "N"}[with[0]] + map[bool]string{true: "B", false: "N"}[with[1]]
}

// add writes c += r.
func (l isa) add() {
	name := "add" + l.name
	begin(name, "func(c, r *float32, n int)", name+" sets c += r.")
	c, r, n := Load(Param("c"), GP64()), Load(Param("r"), GP64()), Load(Param("n"), GP64())
	l.each(name, n, []reg.Register{c, r}, func(w width) {
		w.load(plain(c, 0), w.v(0))
		w.load(plain(r, 0), w.v(1))
		w.add(w.v(1), w.v(0), w.v(0))
		w.store(w.v(0), plain(c, 0))
	})
	end()
}

// width is the instructions for whole vectors or for single values: the same arithmetic, so a value's place does not matter.
type width struct {
	v             func(i int) reg.VecPhysical
	load          func(m Mem, v reg.VecPhysical)
	store         func(v reg.VecPhysical, m Mem)
	mul, add, fma func(a, b, dst reg.VecPhysical)
}

// each writes a loop over whole vectors, then one over the rest. The pointers move along; nil ones are not followed.
func (l isa) each(label string, n reg.Register, pointers []reg.Register, body func(width)) {
	vector := width{
		v:     func(i int) reg.VecPhysical { return l.v[i] },
		load:  func(m Mem, v reg.VecPhysical) { VMOVUPS(m, v) },
		store: func(v reg.VecPhysical, m Mem) { VMOVUPS(v, m) },
		mul:   func(a, b, dst reg.VecPhysical) { VMULPS(a, b, dst) },
		add:   func(a, b, dst reg.VecPhysical) { VADDPS(a, b, dst) },
		fma:   func(a, b, dst reg.VecPhysical) { VFMADD231PS(a, b, dst) },
	}
	x := []reg.VecPhysical{reg.X0, reg.X1, reg.X2, reg.X3}
	scalar := width{
		v:     func(i int) reg.VecPhysical { return x[i] },
		load:  func(m Mem, v reg.VecPhysical) { VMOVSS(m, v) },
		store: func(v reg.VecPhysical, m Mem) { VMOVSS(v, m) },
		mul:   func(a, b, dst reg.VecPhysical) { VMULSS(a, b, dst) },
		add:   func(a, b, dst reg.VecPhysical) { VADDSS(a, b, dst) },
		fma:   func(a, b, dst reg.VecPhysical) { VFMADD231SS(a, b, dst) },
	}
	SUBQ(Imm(uint64(l.lanes)), n)
	JL(LabelRef(label + "Tail"))
	Label(label + "Loop")
	body(vector)
	for _, p := range pointers {
		ADDQ(Imm(uint64(4*l.lanes)), p)
	}
	SUBQ(Imm(uint64(l.lanes)), n)
	JGE(LabelRef(label + "Loop"))
	Label(label + "Tail")
	ADDQ(Imm(uint64(l.lanes)), n)
	JZ(LabelRef(label + "End"))
	Label(label + "One")
	body(scalar)
	for _, p := range pointers {
		ADDQ(Imm(4), p)
	}
	dec(n, label+"One")
	Label(label + "End")
}
