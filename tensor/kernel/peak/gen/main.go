// Command gen writes the assembly of tensor/kernel/peak.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const chains = 12 // independent: two a cycle for a latency of up to six

func main() {
	zmm := []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13,
	}
	ymm := []reg.VecPhysical{
		reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7, reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13,
	}
	fma("fmaAVX512", zmm)
	fma("fmaAVX2", ymm)
	read("readAVX512", zmm, 64)
	read("readAVX2", ymm, 32)
	Generate()
}

// fma writes a loop of one multiply-add a chain on zeros.
func fma(name string, v []reg.VecPhysical) {
	TEXT(name, NOSPLIT, "func(n int)")
	Doc(name + " runs n rounds of 12 multiply-adds.")
	n := Load(Param("n"), GP64())
	for _, r := range v {
		VXORPS(r.AsX(), r.AsX(), r.AsX())
	}
	Label(name + "Loop")
	for i := range chains {
		VFMADD231PS(v[chains], v[chains+1], v[i])
	}
	DECQ(n)
	JNZ(LabelRef(name + "Loop"))
	VZEROUPPER()
	RET()
}

// read writes a loop that loads four lines at a time.
func read(name string, v []reg.VecPhysical, size int) {
	TEXT(name, NOSPLIT, "func(p *byte, n int)")
	Doc(name + " loads n bytes, a multiple of 512.")
	p, n := Load(Param("p"), GP64()), Load(Param("n"), GP64())
	Label(name + "Loop")
	for i := range 512 / size {
		VMOVUPS(Mem{Base: p, Disp: i * size}, v[i%8])
	}
	ADDQ(U32(512), p)
	SUBQ(U32(512), n)
	JNZ(LabelRef(name + "Loop"))
	VZEROUPPER()
	RET()
}
