package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type gp = reg.GPVirtual

// reduction emits a routine that folds whole vectors in four accumulators.
func (e *emitter) reduction(start func() reg.VecVirtual, step func(acc, x reg.VecVirtual), op func(...operand.Op)) {
	x, n := e.gp("x"), e.gp("n")
	acc := e.vecs(4)
	first := start()
	for _, a := range acc {
		e.VMOVUPS(first, a)
	}
	e.loop(n, 4*e.lanes, map[gp]int{x: 16 * e.lanes}, func() {
		for i, a := range acc {
			v := e.vec()
			e.VMOVUPS(e.at(x, i), v)
			step(a, v)
		}
	})
	e.loop(n, e.lanes, map[gp]int{x: 4 * e.lanes}, func() {
		v := e.vec()
		e.VMOVUPS(e.at(x, 0), v)
		step(acc[0], v)
	})
	op(acc[2], acc[0], acc[0])
	op(acc[3], acc[1], acc[1])
	op(acc[1], acc[0], acc[0])
	e.give(e.fold(acc[0], op))
	e.end()
}

func (e *emitter) zeros() reg.VecVirtual {
	v := e.vec()
	e.zero(v)
	return v
}

// adder and maxer turn an instruction into the form that fold wants.
func (e *emitter) adder(ops ...operand.Op) { e.VADDPS(ops[0], ops[1], ops[2]) }
func (e *emitter) maxer(ops ...operand.Op) { e.VMAXPS(ops[0], ops[1], ops[2]) }

// mapping emits dst = f(x) over whole vectors, four at a time.
func (e *emitter) mapping(f func(v reg.VecVirtual, offset int), more ...gp) {
	dst, x, n := e.gp("dst"), e.gp("x"), e.gp("n")
	for _, unroll := range []int{4, 1} {
		step := map[gp]int{dst: 4 * e.lanes * unroll, x: 4 * e.lanes * unroll}
		for _, p := range more {
			step[p] = 4 * e.lanes * unroll
		}
		e.loop(n, e.lanes*unroll, step, func() {
			for i := range unroll {
				v := e.vec()
				e.VMOVUPS(e.at(x, i), v)
				f(v, i)
				e.VMOVUPS(v, e.at(dst, i))
			}
		})
	}
	e.end()
}

func softmax(e *emitter) {
	e.routine("max", "(x *float32, n int) float32", "gives the largest of n values, a multiple of the lanes; NaN is not seen.")
	e.reduction(func() reg.VecVirtual { return e.splatBits(0xff800000) },
		func(acc, x reg.VecVirtual) { e.VMAXPS(acc, x, acc) }, e.maxer)
	e.routine("sum", "(x *float32, n int) float32", "gives the sum of n values, a multiple of the lanes.")
	e.reduction(e.zeros, func(acc, x reg.VecVirtual) { e.VADDPS(x, acc, acc) }, e.adder)
	e.routine("scale", "(dst, x *float32, n int, by float32)", "writes x*by for n values, a multiple of the lanes.")
	by := e.splat("by")
	e.mapping(func(v reg.VecVirtual, _ int) { e.VMULPS(by, v, v) })
	e.routine("shift", "(dst, x *float32, n int, by float32)", "writes x+by for n values, a multiple of the lanes.")
	by = e.splat("by")
	e.mapping(func(v reg.VecVirtual, _ int) { e.VADDPS(by, v, v) })
}

func layernorm(e *emitter) {
	e.routine("sum", "(x *float32, n int) float32", "gives the sum of n values, a multiple of the lanes.")
	e.reduction(e.zeros, func(acc, x reg.VecVirtual) { e.VADDPS(x, acc, acc) }, e.adder)
	e.routine("squares", "(x *float32, n int, mean float32) float32", "gives the sum of (x-mean)^2 of n values, a multiple of the lanes.")
	mean := e.splat("mean")
	e.reduction(e.zeros, func(acc, x reg.VecVirtual) {
		e.VSUBPS(mean, x, x)
		e.VFMADD231PS(x, x, acc)
	}, e.adder)
	e.routine("apply", "(dst, x *float32, n int, gain, bias *float32, mean, inverse float32)",
		"writes (x-mean)*inverse*gain+bias for n values, a multiple of the lanes.")
	gain, bias := e.gp("gain"), e.gp("bias")
	mean, inverse := e.splat("mean"), e.splat("inverse")
	e.mapping(func(v reg.VecVirtual, i int) {
		b := e.vec()
		e.VMOVUPS(e.at(bias, i), b)
		e.VSUBPS(mean, v, v)
		e.VMULPS(inverse, v, v)
		e.VFMADD132PS(e.at(gain, i), b, v)
	}, gain, bias)
}

func pointwise(e *emitter) {
	for _, op := range []struct {
		name, sign string
		emit       func(...operand.Op)
	}{
		{"add", "+", func(o ...operand.Op) { e.VADDPS(o[0], o[1], o[2]) }},
		{"sub", "-", func(o ...operand.Op) { e.VSUBPS(o[0], o[1], o[2]) }},
		{"mul", "*", func(o ...operand.Op) { e.VMULPS(o[0], o[1], o[2]) }},
		{"div", "/", func(o ...operand.Op) { e.VDIVPS(o[0], o[1], o[2]) }},
	} {
		e.routine(op.name, "(dst, x, y *float32, n int)", "writes x"+op.sign+"y for n values, a multiple of the lanes.")
		y := e.gp("y")
		e.mapping(func(v reg.VecVirtual, i int) { op.emit(e.at(y, i), v, v) }, y)
	}
	e.routine("addScalar", "(dst, x *float32, n int, by float32)", "writes x+by for n values, a multiple of the lanes.")
	by := e.splat("by")
	e.mapping(func(v reg.VecVirtual, _ int) { e.VADDPS(by, v, v) })
	e.routine("mulScalar", "(dst, x *float32, n int, by float32)", "writes x*by for n values, a multiple of the lanes.")
	by = e.splat("by")
	e.mapping(func(v reg.VecVirtual, _ int) { e.VMULPS(by, v, v) })
	e.routine("sqrt", "(dst, x *float32, n int)", "writes the square roots of n values, a multiple of the lanes.")
	e.mapping(func(v reg.VecVirtual, _ int) { e.VSQRTPS(v, v) })
	e.routine("limit", "(dst, x *float32, n int, low, high float32)", "keeps n values, a multiple of the lanes, within low..high; NaN stays.")
	low, high := e.splat("low"), e.splat("high")
	e.mapping(func(v reg.VecVirtual, _ int) {
		e.VMAXPS(v, low, v) // the instruction gives v where either is NaN or both are zero
		e.VMINPS(v, high, v)
	})
	e.routine("leaky", "(dst, x *float32, n int, slope float32)", "writes x where x > 0, else slope*x, for n values, a multiple of the lanes.")
	slope, none := e.splat("slope"), e.zeros()
	e.mapping(func(v reg.VecVirtual, _ int) {
		down := e.vec()
		e.VMULPS(slope, v, down)
		if e.wide {
			k := e.K()
			e.VCMPPS(operand.U8(30), none, v, k) // v > 0, ordered
			e.VBLENDMPS(v, down, k, v)
			return
		}
		m := e.vec()
		e.VCMPPS(operand.U8(30), none, v, m)
		e.VBLENDVPS(m, v, down, v)
	})
}

func topk(e *emitter) {
	e.routine("above", "(x *float32, n int, least float32) int",
		"gives the place of the first vector group with a value above least, in n values, a multiple of 4 vectors; n for none.")
	x, n, at := e.gp("x"), e.gp("n"), e.GP64()
	least := e.splat("least")
	e.XORQ(at, at)
	e.loop(n, 4*e.lanes, map[gp]int{x: 16 * e.lanes, at: 4 * e.lanes}, func() {
		if e.wide {
			k := []reg.OpmaskVirtual{e.K(), e.K(), e.K(), e.K()}
			for i := range k {
				e.VCMPPS(operand.U8(17), e.at(x, i), least, k[i]) // least < x, ordered
			}
			e.KORW(k[0], k[1], k[0])
			e.KORW(k[2], k[3], k[2])
			e.KORTESTW(k[0], k[2])
			e.JNE(operand.LabelRef("done1"))
			return
		}
		m := e.vecs(4)
		for i := range m {
			e.VCMPPS(operand.U8(17), e.at(x, i), least, m[i])
		}
		e.VORPS(m[0], m[1], m[0])
		e.VORPS(m[2], m[3], m[2])
		e.VORPS(m[0], m[2], m[0])
		e.VPTEST(m[0], m[0])
		e.JNE(operand.LabelRef("done1"))
	})
	e.Store(at, e.ReturnIndex(0))
	e.end()
}
