package convert

import "math"

// F16 gives the f32 of one half.
func F16(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10)&31, uint32(h)&1023
	switch exp {
	case 0: // zero and subnormals: frac * 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*(1.0/(1<<24))))
	case 31:
		if frac != 0 {
			frac |= 512 // quiet, as the hardware does
		}
		return math.Float32frombits(sign | 255<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// ToF16 rounds f to the nearest half, ties to even.
func ToF16(f float32) uint16 {
	b := math.Float32bits(f)
	sign, abs := uint16(b>>16)&0x8000, b&0x7fffffff
	switch {
	case abs > 0x7f800000: // NaN keeps its upper payload and becomes quiet
		return sign | 0x7e00 | uint16(abs>>13)&0x3ff
	case abs >= 0x477ff000: // 65520 and more
		return sign | 0x7c00
	case abs < 0x38800000: // below 2^-14: adding 0.5 leaves frac/2^24 in the low bits, rounded
		return sign | uint16(math.Float32bits(math.Float32frombits(abs)+0.5)-0x3f000000)
	}
	abs += 0xfff + abs>>13&1 // round half to even
	return sign | uint16(abs>>13-112<<10)
}

// BF16 gives the f32 of one bf16.
func BF16(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }

// ToBF16 rounds f to the nearest bf16, ties to even.
func ToBF16(f float32) uint16 {
	b := math.Float32bits(f)
	if b&0x7fffffff > 0x7f800000 {
		return uint16(b>>16) | 64
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}

func portableF16ToF32(dst []float32, src []uint16) {
	for i, v := range src {
		dst[i] = F16(v)
	}
}

func portableF32ToF16(dst []uint16, src []float32) {
	for i, v := range src {
		dst[i] = ToF16(v)
	}
}

func portableBF16ToF32(dst []float32, src []uint16) {
	for i, v := range src {
		dst[i] = BF16(v)
	}
}

func portableF32ToBF16(dst []uint16, src []float32) {
	for i, v := range src {
		dst[i] = ToBF16(v)
	}
}

func portableI8ToF32(dst []float32, src []int8, scale float32) {
	for i, v := range src {
		dst[i] = scale * float32(v)
	}
}
