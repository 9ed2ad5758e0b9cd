package paged

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
)

// Write copies rows of keys and values into their slots. Set the fields, then Run.
type Write struct {
	K, V             []float32 // [rows, width]
	KStride, VStride int       // elements from row to row
	Slots            []int32   // [rows] pool row; outside of the pool: the row is skipped
	KPool, VPool     Store
	level            kernel.Level
	rows, width      int
	slots            int
	block            int
}

// NewWrite prepares a write of rows of width = kvHeads*dim values into a pool of slots = pages*pageSize rows.
func NewWrite(level kernel.Level, rows, width, slots int) *Write {
	return &Write{
		KStride: width, VStride: width, level: level, rows: rows, width: width, slots: slots,
		block: max(1, 16384/max(1, width)),
	}
}

// Run writes all rows.
func (w *Write) Run(p kernel.Pool) { p.Run((w.rows+w.block-1)/w.block, w) }

// Do writes one block of rows.
func (w *Write) Do(_, part int) {
	for r := part * w.block; r < min(w.rows, (part+1)*w.block); r++ {
		slot := int(w.Slots[r])
		if slot < 0 || slot >= w.slots {
			continue
		}
		w.store(w.KPool, slot, w.K[r*w.KStride:][:w.width])
		w.store(w.VPool, slot, w.V[r*w.VStride:][:w.width])
	}
}

func (w *Write) store(pool Store, slot int, row []float32) {
	if pool.F16 != nil {
		convert.F32ToF16(w.level, pool.F16[slot*w.width:][:w.width], row)
		return
	}
	copy(pool.F32[slot*w.width:][:w.width], row)
}
