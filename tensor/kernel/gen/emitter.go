package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// emitter writes routines for one level: the same code with 8 or 16 lanes.
type emitter struct {
	*build.Context
	wide   bool
	lanes  int
	suffix string
	labels int
}

// routine begins a function without a frame.
func (e *emitter) routine(name, signature, doc string) {
	e.Function(name + e.suffix)
	e.Attributes(attr.NOSPLIT)
	e.Pragma("noescape")
	e.SignatureExpr("func" + signature)
	e.Doc(name + e.suffix + " " + doc)
	e.labels = 0
}

func (e *emitter) end() {
	e.VZEROUPPER()
	e.RET()
}

// vec gives a fresh vector register of the level.
func (e *emitter) vec() reg.VecVirtual {
	if e.wide {
		return e.ZMM()
	}
	return e.YMM()
}

func (e *emitter) vecs(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = e.vec()
	}
	return v
}

// half gives the half-width register for narrow data: XMM or YMM.
func (e *emitter) half() reg.VecVirtual {
	if e.wide {
		return e.YMM()
	}
	return e.XMM()
}

func (e *emitter) zero(v reg.VecVirtual) {
	if e.wide {
		e.VPXORD(v, v, v)
		return
	}
	e.VXORPS(v, v, v)
}

// gp loads an integer or pointer parameter.
func (e *emitter) gp(name string) reg.GPVirtual {
	r := e.GP64()
	e.Load(e.Param(name), r)
	return r
}

// splat loads a float32 parameter into all lanes.
func (e *emitter) splat(name string) reg.VecVirtual {
	v := e.vec()
	e.VBROADCASTSS(e.address(name), v)
	return v
}

func (e *emitter) address(name string) operand.Mem {
	b, err := e.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

// give stores a float32 result.
func (e *emitter) give(x reg.VecVirtual) {
	b, err := e.ReturnIndex(0).Resolve()
	if err != nil {
		panic(err)
	}
	e.VMOVSS(x, b.Addr)
}

// splatBits puts a constant into all lanes.
func (e *emitter) splatBits(bits uint32) reg.VecVirtual {
	r, x, v := e.GP32(), e.XMM(), e.vec()
	e.MOVL(operand.U32(bits), r)
	e.VMOVD(r, x)
	e.VPBROADCASTD(x, v)
	return v
}

// at is the i-th vector behind a pointer.
func (e *emitter) at(p reg.GPVirtual, i int) operand.Mem {
	return operand.Mem{Base: p, Disp: i * 4 * e.lanes}
}

// loop repeats body while at least step of n are left, and then steps the pointers by their bytes.
func (e *emitter) loop(n reg.GPVirtual, step int, advance map[reg.GPVirtual]int, body func()) {
	e.labels++
	top, done := fmt.Sprintf("loop%d", e.labels), fmt.Sprintf("done%d", e.labels)
	e.Label(top)
	e.CMPQ(n, operand.U32(step))
	e.JL(operand.LabelRef(done))
	body()
	for _, p := range order(advance) {
		e.ADDQ(operand.U32(advance[p]), p)
	}
	e.SUBQ(operand.U32(step), n)
	e.JMP(operand.LabelRef(top))
	e.Label(done)
}

func order(m map[reg.GPVirtual]int) []reg.GPVirtual {
	var keys []reg.GPVirtual
	for p := range m {
		keys = append(keys, p)
	}
	for i := range keys {
		for j := i; j > 0 && keys[j].ID() < keys[j-1].ID(); j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
	return keys
}

// fold reduces a vector with op (VADDPS, VMAXPS) to lane 0: halves onto halves.
func (e *emitter) fold(v reg.VecVirtual, op func(...operand.Op)) reg.VecVirtual {
	y := v.AsY()
	if e.wide {
		high := e.YMM()
		e.VEXTRACTF64X4(operand.U8(1), v, high)
		op(high, y, y)
	}
	high, x := e.XMM(), v.AsX()
	e.VEXTRACTF128(operand.U8(1), y, high)
	op(high, x, x)
	e.VMOVHLPS(x, x, high)
	op(high, x, x)
	e.VMOVSHDUP(x, high)
	op(high, x, x)
	out := e.XMM()
	e.VMOVAPS(x, out)
	return out
}
