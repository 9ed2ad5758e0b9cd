package convert

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C ../gen . convert

// bulk gives how many of n values are whole vectors of the level; 0 at the portable level.
func bulk(level kernel.Level, n int) int {
	switch {
	case level >= kernel.AVX512:
		return n &^ 15
	case level >= kernel.AVX2:
		return n &^ 7
	}
	return 0
}

func f16ToF32(level kernel.Level, dst []float32, src []uint16) {
	n := bulk(level, len(src))
	switch {
	case n == 0:
	case level >= kernel.AVX512:
		f16ToF32AVX512(&dst[0], &src[0], n)
	default:
		f16ToF32AVX2(&dst[0], &src[0], n)
	}
	portableF16ToF32(dst[n:], src[n:])
}

func f32ToF16(level kernel.Level, dst []uint16, src []float32) {
	n := bulk(level, len(src))
	switch {
	case n == 0:
	case level >= kernel.AVX512:
		f32ToF16AVX512(&dst[0], &src[0], n)
	default:
		f32ToF16AVX2(&dst[0], &src[0], n)
	}
	portableF32ToF16(dst[n:], src[n:])
}

func bf16ToF32(level kernel.Level, dst []float32, src []uint16) {
	n := bulk(level, len(src))
	switch {
	case n == 0:
	case level >= kernel.AVX512:
		bf16ToF32AVX512(&dst[0], &src[0], n)
	default:
		bf16ToF32AVX2(&dst[0], &src[0], n)
	}
	portableBF16ToF32(dst[n:], src[n:])
}

func f32ToBF16(level kernel.Level, dst []uint16, src []float32) {
	n := bulk(level, len(src))
	switch {
	case n == 0:
	case level >= kernel.AVX512:
		f32ToBF16AVX512(&dst[0], &src[0], n)
	default:
		f32ToBF16AVX2(&dst[0], &src[0], n)
	}
	portableF32ToBF16(dst[n:], src[n:])
}

func i8ToF32(level kernel.Level, dst []float32, src []int8, scale float32) {
	n := bulk(level, len(src))
	switch {
	case n == 0:
	case level >= kernel.AVX512:
		i8ToF32AVX512(&dst[0], &src[0], n, scale)
	default:
		i8ToF32AVX2(&dst[0], &src[0], n, scale)
	}
	portableI8ToF32(dst[n:], src[n:], scale)
}
