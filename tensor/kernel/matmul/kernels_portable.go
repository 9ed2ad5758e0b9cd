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
			if !add {
				clear(out[:])
			}
			for j := 0; j < portableColumns; j += 8 {
				chains(row, panel, j, (*[8]float32)(out[j:]))
			}
		}
	}
}

// chains goes on with eight columns of a row of C; sums in variables of their own stay in registers.
func chains(row []float32, panel [][portableColumns]float32, j int, out *[8]float32) {
	s0, s1, s2, s3, s4, s5, s6, s7 := out[0], out[1], out[2], out[3], out[4], out[5], out[6], out[7]
	for k, x := range row {
		w := (*[8]float32)(panel[k][j:])
		s0 += float32(x * w[0])
		s1 += float32(x * w[1])
		s2 += float32(x * w[2])
		s3 += float32(x * w[3])
		s4 += float32(x * w[4])
		s5 += float32(x * w[5])
		s6 += float32(x * w[6])
		s7 += float32(x * w[7])
	}
	*out = [8]float32{s0, s1, s2, s3, s4, s5, s6, s7}
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
