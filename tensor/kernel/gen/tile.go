package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile emits products of a few rows, and dot products of one row with many.
func tile(e *emitter) {
	widest := 2
	if e.wide {
		widest = 4
	}
	for vectors := widest; vectors > 0; vectors-- {
		for _, rows := range []int{6, 1} {
			e.product(rows, vectors)
		}
	}
	e.dots()
	e.widenRows()
}

// product emits c[rows, vectors*lanes] (+)= a[rows, k] b[k, vectors*lanes].
func (e *emitter) product(rows, vectors int) {
	e.routine(fmt.Sprintf("product%dx%d", rows, vectors*e.lanes), "(c *float32, ldc int, a *float32, lda int, b *float32, ldb, k, more int)",
		"writes c = a b, or with more != 0 adds to c. Leading dimensions are in bytes.")
	c, ldc, a, lda, b, ldb, k := e.gp("c"), e.gp("ldc"), e.gp("a"), e.gp("lda"), e.gp("b"), e.gp("ldb"), e.gp("k")
	more := e.gp("more")
	acc := make([][]reg.VecVirtual, rows)
	for r := range acc {
		acc[r] = e.vecs(vectors)
		for _, v := range acc[r] {
			e.zero(v)
		}
	}
	e.TESTQ(more, more)
	e.JE(operand.LabelRef("start"))
	from := e.GP64()
	e.MOVQ(c, from)
	for r := range acc {
		for i, v := range acc[r] {
			e.VMOVUPS(e.at(from, i), v)
		}
		if r < rows-1 {
			e.ADDQ(ldc, from)
		}
	}
	e.Label("start")
	lda3, lda5 := e.GP64(), e.GP64()
	if rows > 1 {
		e.LEAQ(operand.Mem{Base: lda, Index: lda, Scale: 2}, lda3)
		e.LEAQ(operand.Mem{Base: lda, Index: lda, Scale: 4}, lda5)
	}
	element := func(r, step int) operand.Mem {
		m := operand.Mem{Base: a, Disp: 4 * step}
		switch r {
		case 1, 2, 4:
			m.Index, m.Scale = lda, uint8(r)
		case 3:
			m.Index, m.Scale = lda3, 1
		case 5:
			m.Index, m.Scale = lda5, 1
		}
		return m
	}
	for _, unroll := range []int{4, 1} {
		e.loop(k, unroll, map[gp]int{a: 4 * unroll}, func() {
			for step := range unroll {
				e.step(acc, b, vectors, func(r int) operand.Mem { return element(r, step) })
				e.ADDQ(ldb, b)
			}
		})
	}
	for r := range acc {
		for i, v := range acc[r] {
			e.VMOVUPS(v, e.at(c, i))
		}
		if r < rows-1 {
			e.ADDQ(ldc, c)
		}
	}
	e.end()
}

// step multiplies one column of a with one row of b.
func (e *emitter) step(acc [][]reg.VecVirtual, b gp, vectors int, a func(r int) operand.Mem) {
	row := e.vecs(vectors)
	for i, v := range row {
		e.VMOVUPS(e.at(b, i), v)
	}
	for r := range acc {
		x := e.vec()
		e.VBROADCASTSS(a(r), x)
		for i, v := range row {
			e.VFMADD231PS(v, x, acc[r][i])
		}
	}
}

// dots emits s[j] = q . k[j]: four rows of k at a time, then one. Each result folds its lanes the same way.
func (e *emitter) dots() {
	e.routine("dots", "(s, q, k *float32, ldk, keys, dim int)",
		"writes the dot products of q [dim] with the rows of k, ldk bytes apart; dim is a multiple of the lanes.")
	s, q, k, ldk, keys, dim := e.gp("s"), e.gp("q"), e.gp("k"), e.gp("ldk"), e.gp("keys"), e.gp("dim")
	e.SHLQ(operand.U8(2), dim) // bytes
	for _, group := range []int{4, 1} {
		e.loop(keys, group, map[gp]int{s: 4 * group}, func() {
			acc := e.vecs(group)
			rows := []gp{k}
			for i := range acc {
				e.zero(acc[i])
				if i > 0 {
					p := e.GP64()
					e.LEAQ(operand.Mem{Base: rows[i-1], Index: ldk, Scale: 1}, p)
					rows = append(rows, p)
				}
			}
			e.dotLoop(group, q, dim, rows, acc)
			e.storeDots(s, acc)
			e.MOVQ(rows[group-1], k)
			e.ADDQ(ldk, k)
		})
	}
	e.end()
}

// dotLoop multiplies q with a group of rows.
func (e *emitter) dotLoop(group int, q, dim gp, rows []gp, acc []reg.VecVirtual) {
	at := e.GP64()
	e.XORQ(at, at)
	top := fmt.Sprintf("dim%d", group)
	e.Label(top)
	x := e.vec()
	e.VMOVUPS(operand.Mem{Base: q, Index: at, Scale: 1}, x)
	for i := range acc {
		e.VFMADD231PS(operand.Mem{Base: rows[i], Index: at, Scale: 1}, x, acc[i])
	}
	e.ADDQ(operand.U32(4*e.lanes), at)
	e.CMPQ(at, dim)
	e.JL(operand.LabelRef(top))
}

// storeDots folds one or four accumulators and stores their sums.
func (e *emitter) storeDots(s gp, acc []reg.VecVirtual) {
	x := make([]reg.VecVirtual, len(acc))
	for i, v := range acc {
		y := v.AsY()
		if e.wide {
			high := e.YMM()
			e.VEXTRACTF64X4(operand.U8(1), v, high)
			e.VADDPS(high, y, y)
		}
		high := e.XMM()
		x[i] = e.XMM()
		e.VEXTRACTF128(operand.U8(1), y, high)
		e.VADDPS(high, v.AsX(), x[i])
	}
	if len(acc) == 1 {
		e.VHADDPS(x[0], x[0], x[0])
		e.VHADDPS(x[0], x[0], x[0])
		e.VMOVSS(x[0], operand.Mem{Base: s})
		return
	}
	e.VHADDPS(x[1], x[0], x[0])
	e.VHADDPS(x[3], x[2], x[2])
	e.VHADDPS(x[2], x[0], x[0])
	e.VMOVUPS(x[0], operand.Mem{Base: s})
}

// widenRows emits the widening of a strided block of f16.
func (e *emitter) widenRows() {
	e.routine("widen", "(dst *float32, src *uint16, lds, rows, columns int)",
		"widens f16 rows, lds bytes apart, into dense f32 rows; columns is a multiple of the lanes.")
	dst, src, lds, rows, columns := e.gp("dst"), e.gp("src"), e.gp("lds"), e.gp("rows"), e.gp("columns")
	e.loop(rows, 1, nil, func() {
		at := e.GP64()
		e.XORQ(at, at)
		e.Label("column")
		v := e.vec()
		e.VCVTPH2PS(operand.Mem{Base: src, Index: at, Scale: 2}, v)
		e.VMOVUPS(v, operand.Mem{Base: dst, Index: at, Scale: 4})
		e.ADDQ(operand.U32(e.lanes), at)
		e.CMPQ(at, columns)
		e.JL(operand.LabelRef("column"))
		e.LEAQ(operand.Mem{Base: dst, Index: columns, Scale: 4}, dst)
		e.ADDQ(lds, src)
	})
	e.end()
}
