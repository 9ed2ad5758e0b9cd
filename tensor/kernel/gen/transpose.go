package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose emits the transposition of 8 rows, 8 columns at a time; wider registers gain nothing, so it is AVX2 only.
func transpose(e *emitter) {
	if e.wide {
		return
	}
	e.routine("strip", "(dst *float32, ldd int, src *float32, lds, columns int)",
		"writes 8 rows of src as 8 columns of dst; distances in bytes, columns a multiple of 8.")
	dst, ldd, src, lds, columns := e.gp("dst"), e.gp("ldd"), e.gp("src"), e.gp("lds"), e.gp("columns")
	lds3, ldd3 := e.GP64(), e.GP64()
	e.LEAQ(operand.Mem{Base: lds, Index: lds, Scale: 2}, lds3)
	e.LEAQ(operand.Mem{Base: ldd, Index: ldd, Scale: 2}, ldd3)
	e.loop(columns, 8, map[gp]int{src: 32}, func() {
		low, high := e.GP64(), e.GP64()
		e.LEAQ(operand.Mem{Base: src, Index: lds, Scale: 4}, low)
		x := e.vecs(8)
		for i := range x {
			e.VMOVUPS(row(src, low, lds, lds3, i), x[i])
		}
		x = e.square(x)
		e.LEAQ(operand.Mem{Base: dst, Index: ldd, Scale: 4}, high)
		for i := range x {
			e.VMOVUPS(x[i], row(dst, high, ldd, ldd3, i))
		}
		e.LEAQ(operand.Mem{Base: dst, Index: ldd, Scale: 8}, dst)
	})
	e.end()
}

// row addresses row i of 8: from the first base, or from the base of row 4.
func row(base, fourth, ld, ld3 gp, i int) operand.Mem {
	m := operand.Mem{Base: base}
	if i >= 4 {
		m.Base = fourth
	}
	switch i % 4 {
	case 1, 2:
		m.Index, m.Scale = ld, uint8(i%4)
	case 3:
		m.Index, m.Scale = ld3, 1
	}
	return m
}

// square transposes 8 registers of 8 lanes: pairs, then pairs of pairs, then halves.
func (e *emitter) square(x []reg.VecVirtual) []reg.VecVirtual {
	y := e.vecs(8)
	for i := 0; i < 8; i += 2 {
		e.VUNPCKLPS(x[i+1], x[i], y[i])
		e.VUNPCKHPS(x[i+1], x[i], y[i+1])
	}
	z := e.vecs(8)
	for i := 0; i < 8; i += 4 {
		for j := range 2 {
			e.VSHUFPS(operand.U8(0x44), y[i+j+2], y[i+j], z[i+2*j])
			e.VSHUFPS(operand.U8(0xee), y[i+j+2], y[i+j], z[i+2*j+1])
		}
	}
	out := e.vecs(8)
	for i := range 4 {
		e.VPERM2F128(operand.U8(0x20), z[i+4], z[i], out[i])
		e.VPERM2F128(operand.U8(0x31), z[i+4], z[i], out[i+4])
	}
	return out
}
