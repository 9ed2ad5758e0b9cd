package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// convert emits the changes of type; n is a multiple of the lanes.
func convert(e *emitter) {
	e.widening("f16ToF32", "(dst *float32, src *uint16, n int)", 2, func(src operand.Mem, v reg.VecVirtual) { e.VCVTPH2PS(src, v) })
	e.widening("bf16ToF32", "(dst *float32, src *uint16, n int)", 2, func(src operand.Mem, v reg.VecVirtual) {
		e.VPMOVZXWD(src, v)
		e.VPSLLD(operand.U8(16), v, v)
	})
	e.routine("i8ToF32", "(dst *float32, src *int8, n int, scale float32)", "writes src*scale for n values, a multiple of the lanes.")
	scale := e.splat("scale")
	e.widen(1, func(src operand.Mem, v reg.VecVirtual) {
		e.VPMOVSXBD(src, v)
		e.VCVTDQ2PS(v, v)
		e.VMULPS(scale, v, v)
	})
	e.narrowF16()
	e.narrowBF16()
}

func (e *emitter) widening(name, signature string, bytes int, f func(operand.Mem, reg.VecVirtual)) {
	e.routine(name, signature, "widens n values, a multiple of the lanes.")
	e.widen(bytes, f)
}

func (e *emitter) widen(bytes int, f func(operand.Mem, reg.VecVirtual)) {
	dst, src, n := e.gp("dst"), e.gp("src"), e.gp("n")
	for _, unroll := range []int{4, 1} {
		e.loop(n, e.lanes*unroll, map[gp]int{dst: 4 * e.lanes * unroll, src: bytes * e.lanes * unroll}, func() {
			for i := range unroll {
				v := e.vec()
				f(operand.Mem{Base: src, Disp: i * bytes * e.lanes}, v)
				e.VMOVUPS(v, e.at(dst, i))
			}
		})
	}
	e.end()
}

func (e *emitter) narrowF16() {
	e.routine("f32ToF16", "(dst *uint16, src *float32, n int)", "narrows n values, a multiple of the lanes, to nearest even.")
	dst, src, n := e.gp("dst"), e.gp("src"), e.gp("n")
	e.loop(n, e.lanes, map[gp]int{dst: 2 * e.lanes, src: 4 * e.lanes}, func() {
		v := e.vec()
		e.VMOVUPS(e.at(src, 0), v)
		e.VCVTPS2PH(operand.U8(0), v, operand.Mem{Base: dst})
	})
	e.end()
}

func (e *emitter) narrowBF16() {
	e.routine("f32ToBF16", "(dst *uint16, src *float32, n int)", "narrows n values, a multiple of the lanes, to nearest even; NaN stays NaN.")
	dst, src, n := e.gp("dst"), e.gp("src"), e.gp("n")
	one, bias, quiet := e.splatBits(1), e.splatBits(0x7fff), e.splatBits(0x400000)
	e.loop(n, e.lanes, map[gp]int{dst: 2 * e.lanes, src: 4 * e.lanes}, func() {
		v, r := e.vec(), e.vec()
		e.VMOVUPS(e.at(src, 0), v)
		e.VPSRLD(operand.U8(16), v, r)
		if e.wide {
			k := e.K()
			e.VPANDD(one, r, r)
			e.VPADDD(bias, r, r)
			e.VPADDD(v, r, r)
			e.VCMPPS(operand.U8(3), v, v, k) // unordered: NaN
			e.VPORD(quiet, v, v)
			e.VPBLENDMD(v, r, k, r)
			e.VPSRLD(operand.U8(16), r, r)
			e.VPMOVDW(r, operand.Mem{Base: dst})
			return
		}
		m, high := e.vec(), e.XMM()
		e.VPAND(one, r, r)
		e.VPADDD(bias, r, r)
		e.VPADDD(v, r, r)
		e.VCMPPS(operand.U8(3), v, v, m)
		e.VPOR(quiet, v, v)
		e.VBLENDVPS(m, v, r, r)
		e.VPSRLD(operand.U8(16), r, r)
		e.VEXTRACTI128(operand.U8(1), r, high)
		e.VPACKUSDW(high, r.AsX(), high)
		e.VMOVDQU(high, operand.Mem{Base: dst})
	})
	e.end()
}
