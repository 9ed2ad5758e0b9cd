// Command gen writes the assembly of tensor/kernel/conv1d: one output row of a depthwise convolution.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	depthwise("depthwiseAVX512", 64, []reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7})
	depthwise("depthwiseAVX2", 32, []reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7})
	Generate()
}

// depthwise writes y[c] = Σ_tap x[tap][c]·w[tap][c]: four vectors of channels at a time, then one, then single channels.
func depthwise(name string, size int, v []reg.VecPhysical) {
	TEXT(name, NOSPLIT, "func(y, x, w *float32, n, taps int, distanceX, distanceW uintptr)")
	Pragma("noescape")
	Doc(name + " convolves n channels; taps is at least 1, distances are in bytes.")
	y, x, w, n := Load(Param("y"), GP64()), Load(Param("x"), GP64()), Load(Param("w"), GP64()), Load(Param("n"), GP64())
	taps, dx, dw := Load(Param("taps"), GP64()), Load(Param("distanceX"), GP64()), Load(Param("distanceW"), GP64())
	xmm := []reg.VecPhysical{reg.X0, reg.X1}
	for _, step := range []struct {
		label   string
		vectors int
		size    int
		v       []reg.VecPhysical
		clear   func(v reg.VecPhysical)
		load    func(m Mem, v reg.VecPhysical)
		fma     func(m Mem, a, sum reg.VecPhysical)
		store   func(v reg.VecPhysical, m Mem)
	}{
		{"four", 4, size, v, clear, move, fma, store},
		{"vector", 1, size, v, clear, move, fma, store},
		{
			"single", 1, 4, xmm, clear,
			func(m Mem, v reg.VecPhysical) { VMOVSS(m, v) },
			func(m Mem, a, sum reg.VecPhysical) { VFMADD231SS(m, a, sum) },
			func(v reg.VecPhysical, m Mem) { VMOVSS(v, m) },
		},
	} {
		Label(step.label)
		CMPQ(n, U32(uint32(step.vectors*step.size/4)))
		JL(LabelRef(step.label + "End"))
		px, pw, count := GP64(), GP64(), GP64()
		MOVQ(x, px)
		MOVQ(w, pw)
		MOVQ(taps, count)
		sum, value := step.v[:step.vectors], step.v[step.vectors]
		for _, s := range sum {
			step.clear(s)
		}
		Label(step.label + "Taps")
		for i, s := range sum {
			step.load(Mem{Base: px, Disp: i * step.size}, value)
			step.fma(Mem{Base: pw, Disp: i * step.size}, value, s)
		}
		ADDQ(dx, px)
		ADDQ(dw, pw)
		DECQ(count)
		JNZ(LabelRef(step.label + "Taps"))
		for i, s := range sum {
			step.store(s, Mem{Base: y, Disp: i * step.size})
		}
		for _, p := range []reg.Register{y, x, w} {
			ADDQ(U32(uint32(step.vectors*step.size)), p)
		}
		SUBQ(U32(uint32(step.vectors*step.size/4)), n)
		JMP(LabelRef(step.label))
		Label(step.label + "End")
	}
	VZEROUPPER()
	RET()
}

func clear(v reg.VecPhysical) { VXORPS(v, v, v) }

func move(m Mem, v reg.VecPhysical) { VMOVUPS(m, v) }

func fma(m Mem, a, sum reg.VecPhysical) { VFMADD231PS(m, a, sum) }

func store(v reg.VecPhysical, m Mem) { VMOVUPS(v, m) }
