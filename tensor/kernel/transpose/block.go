package transpose

import "github.com/dauys/dauys/tensor/kernel"

// Block writes the transpose of src [rows, columns] to dst [columns, rows]; rows are stride elements apart.
func Block(level kernel.Level, dst []float32, dstStride int, src []float32, srcStride, rows, columns int) {
	if rows <= 0 || columns <= 0 {
		return
	}
	_, _ = dst[(columns-1)*dstStride+rows-1], src[(rows-1)*srcStride+columns-1]
	doneRows, doneColumns := squares(level, dst, dstStride, src, srcStride, rows, columns)
	for r := range rows {
		from := doneColumns
		if r >= doneRows {
			from = 0
		}
		for c := from; c < columns; c++ {
			dst[c*dstStride+r] = src[r*srcStride+c]
		}
	}
}
