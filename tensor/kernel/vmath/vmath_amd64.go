package vmath

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C gen . -out ../vmath_amd64.s -stubs ../stubs_amd64.go -pkg vmath

// longest is how many values one call of a routine takes: some 20 microseconds.
const longest = 1 << 14

// routines lists the assembly by level and function.
var routines = [...][ops]func(dst, src *float32, n int){
	kernel.AVX2: {
		opExp: expAVX2, opLog: logAVX2, opTanh: tanhAVX2, opSigmoid: sigmoidAVX2,
		opSiLU: siluAVX2, opGELU: geluAVX2, opGELUTanh: geluTanhAVX2,
	},
	kernel.AVX512: {
		opExp: expAVX512, opLog: logAVX512, opTanh: tanhAVX512, opSigmoid: sigmoidAVX512,
		opSiLU: siluAVX512, opGELU: geluAVX512, opGELUTanh: geluTanhAVX512,
	},
}

// accelerated reports that assembly did the work.
func accelerated(l kernel.Level, f op, dst, src []float32) bool {
	routine := routines[l][f]
	if routine == nil {
		return false
	}
	for len(src) > 0 {
		n := min(len(src), longest)
		routine(&dst[0], &src[0], n)
		dst, src = dst[n:], src[n:]
	}
	return true
}
