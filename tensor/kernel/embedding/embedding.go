package embedding

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
)

// Table is [entries, width] in exactly one of the types.
type Table struct {
	F32    []float32
	F16    []uint16
	BF16   []uint16
	I8     []int8
	Scales []float32 // [entries], with I8
}

// Row widens entry id to dst [width].
func (t *Table) Row(level kernel.Level, dst []float32, id int) {
	n := len(dst)
	switch at := id * n; {
	case t.F32 != nil:
		copy(dst, t.F32[at:at+n])
	case t.F16 != nil:
		convert.F16ToF32(level, dst, t.F16[at:at+n])
	case t.BF16 != nil:
		convert.BF16ToF32(level, dst, t.BF16[at:at+n])
	default:
		convert.I8ToF32(level, dst, t.I8[at:at+n], t.Scales[id])
	}
}

// Embedding gathers rows. Set the fields, then Run.
type Embedding struct {
	Table                Table
	IDs                  []int32   // [rows]
	Add                  []float32 // [positions, width], or nil
	At                   []int32   // [rows] entries of Add; nil: row i adds entry i
	Scale                float32   // of the table's rows; 0 means 1
	Out                  []float32 // [rows, width]
	level                kernel.Level
	rows, entries, width int
	block                int
}

// New prepares a gather of rows from a table of entries rows of width values.
func New(level kernel.Level, rows, entries, width int) *Embedding {
	return &Embedding{level: level, rows: rows, entries: entries, width: width, block: max(1, 16384/max(1, width))}
}

// Run gathers all rows.
func (e *Embedding) Run(p kernel.Pool) { p.Run((e.rows+e.block-1)/e.block, e) }

// Do gathers one block of rows.
func (e *Embedding) Do(_, part int) {
	if e.width == 0 {
		return
	}
	for r := part * e.block; r < min(e.rows, (part+1)*e.block); r++ {
		e.row(r, e.Out[r*e.width:][:e.width])
	}
}

func (e *Embedding) row(r int, out []float32) {
	if id := int(e.IDs[r]); id < 0 || id >= e.entries {
		clear(out)
	} else {
		e.Table.Row(e.level, out, id)
	}
	if e.Scale != 0 && e.Scale != 1 {
		for i := range out {
			out[i] *= e.Scale
		}
	}
	if e.Add == nil {
		return
	}
	at := r
	if e.At != nil {
		at = int(e.At[r])
	}
	for i, v := range e.Add[at*e.width:][:e.width] {
		out[i] += v
	}
}
