package convert

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
)

// reach is how many values one call of assembly, which cannot be preempted, is given: some 20 microseconds from memory.
const reach = 1 << 16

// F16ToF32 widens src into dst, which is at least as long.
func F16ToF32(level kernel.Level, dst []float32, src []uint16) {
	for at := 0; at < len(src); at += reach {
		to := min(at+reach, len(src))
		f16ToF32(level, dst[at:to], src[at:to])
	}
}

// F32ToF16 narrows src into dst, which is at least as long.
func F32ToF16(level kernel.Level, dst []uint16, src []float32) {
	for at := 0; at < len(src); at += reach {
		to := min(at+reach, len(src))
		f32ToF16(level, dst[at:to], src[at:to])
	}
}

// BF16ToF32 widens src into dst, which is at least as long.
func BF16ToF32(level kernel.Level, dst []float32, src []uint16) {
	for at := 0; at < len(src); at += reach {
		to := min(at+reach, len(src))
		bf16ToF32(level, dst[at:to], src[at:to])
	}
}

// F32ToBF16 narrows src into dst, which is at least as long.
func F32ToBF16(level kernel.Level, dst []uint16, src []float32) {
	for at := 0; at < len(src); at += reach {
		to := min(at+reach, len(src))
		f32ToBF16(level, dst[at:to], src[at:to])
	}
}

// I8ToF32 widens src times scale into dst, which is at least as long.
func I8ToF32(level kernel.Level, dst []float32, src []int8, scale float32) {
	for at := 0; at < len(src); at += reach {
		to := min(at+reach, len(src))
		i8ToF32(level, dst[at:to], src[at:to], scale)
	}
}

// F32ToI8 quantises a row and gives its scale. A row of zeros has scale 0. NaN becomes 0.
func F32ToI8(dst []int8, src []float32) float32 {
	var top float32
	for _, v := range src {
		top = max(top, float32(math.Abs(float64(v))))
	}
	if !(top > 0) || math.IsInf(float64(top), 0) {
		top = finiteMax(src)
	}
	if top == 0 {
		clear(dst[:len(src)])
		return 0
	}
	scale := top / 127
	for i, v := range src {
		dst[i] = nearest(v / scale)
	}
	return scale
}

func finiteMax(src []float32) (top float32) {
	for _, v := range src {
		if a := float32(math.Abs(float64(v))); a > top && !math.IsInf(float64(a), 0) {
			top = a
		}
	}
	return top
}

func nearest(v float32) int8 {
	if v != v {
		return 0
	}
	return int8(math.RoundToEven(float64(max(-127, min(127, v)))))
}
