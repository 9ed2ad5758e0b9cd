package matmul

import (
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel/convert"
)

const portableRows, portableColumns = 4, 16

// portable is the reference that reads like the definition, and what runs where there is no assembly.
var portable = set{
	nr: portableColumns, mr: portableRows, blockK: 256, copied: 1 << 16,
	tile:   []microkernel{tileOf(1), tileOf(2), tileOf(3), tileOf(4)},
	expand: portableExpand,
	affine: affine,
	add:    add,
}

var portableExpand = [types]func(dst *float32, src *byte, n int){
	F16: func(dst *float32, src *byte, n int) {
		convert.F16ToF32(0, unsafe.Slice(dst, n), unsafe.Slice((*uint16)(unsafe.Pointer(src)), n))
	},
	BF16: func(dst *float32, src *byte, n int) {
		convert.BF16ToF32(0, unsafe.Slice(dst, n), unsafe.Slice((*uint16)(unsafe.Pointer(src)), n))
	},
	I8: func(dst *float32, src *byte, n int) {
		out := unsafe.Slice(dst, n)
		for i, q := range unsafe.Slice((*int8)(unsafe.Pointer(src)), n) {
			out[i] = float32(q)
		}
	},
}

// tileOf gives the micro-kernel of some rows and one panel.
func tileOf(rows int) microkernel {
	return func(a *float32, lda uintptr, b *byte, _ uintptr, k uintptr, c *float32, ldc uintptr, add bool) {
		panel := unsafe.Slice((*[portableColumns]float32)(unsafe.Pointer(b)), k)
		for i := range uintptr(rows) {
			row := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(a), i*lda)), k)
			out := (*[portableColumns]float32)(unsafe.Add(unsafe.Pointer(c), i*ldc))
			var sum [portableColumns]float32
			if add {
				sum = *out
			}
			for kk, x := range row {
				for j, w := range &panel[kk] {
					sum[j] += float32(x * w)
				}
			}
			*out = sum
		}
	}
}

func affine(c *float32, n int, alpha float32, scale, bias *float32) {
	out := unsafe.Slice(c, n)
	for i := range out {
		f := alpha
		if scale != nil {
			f *= unsafe.Slice(scale, n)[i]
		}
		y := float32(out[i] * f)
		if bias != nil {
			y += unsafe.Slice(bias, n)[i]
		}
		out[i] = y
	}
}

func add(c, r *float32, n int) {
	out := unsafe.Slice(c, n)
	for i, x := range unsafe.Slice(r, n) {
		out[i] += x
	}
}
