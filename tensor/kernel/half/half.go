// Package half converts between float32 and the two 16-bit floating-point types, as slices of their bits: IEEE 754 half
// precision (f16) and the upper half of a float32 (bf16). Rounding is to nearest, ties to even; infinities stay, NaN stays NaN (quiet),
// f16 subnormals are exact. All levels give the same bits, up to the payload of NaN.
package half

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
)

// FromF16 sets dst[i] to the value of the f16 bits src[i]; len(dst) >= len(src).
func FromF16(l kernel.Level, dst []float32, src []uint16) {
	dst = dst[:len(src)]
	for i := fromF16(l, dst, src); i < len(src); i++ {
		dst[i] = F16(src[i])
	}
}

// ToF16 sets dst[i] to the bits of src[i] as f16; len(dst) >= len(src).
func ToF16(l kernel.Level, dst []uint16, src []float32) {
	dst = dst[:len(src)]
	for i := toF16(l, dst, src); i < len(src); i++ {
		dst[i] = BitsF16(src[i])
	}
}

// FromBF16 sets dst[i] to the value of the bf16 bits src[i]; len(dst) >= len(src).
func FromBF16(_ kernel.Level, dst []float32, src []uint16) {
	dst = dst[:len(src)]
	for i, h := range src {
		dst[i] = math.Float32frombits(uint32(h) << 16)
	}
}

// ToBF16 sets dst[i] to the bits of src[i] as bf16; len(dst) >= len(src).
func ToBF16(_ kernel.Level, dst []uint16, src []float32) {
	dst = dst[:len(src)]
	for i, x := range src {
		dst[i] = BitsBF16(x)
	}
}

// F16 is the value of f16 bits.
func F16(h uint16) float32 {
	const shift = 23 - 10
	bits := uint32(h&0x7fff) << shift
	sign := uint32(h&0x8000) << 16
	switch h & 0x7c00 {
	case 0: // zero and subnormal: a multiple of 2^-24
		f := float32(h&0x3ff) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 0x7c00:
		bits |= 0x7f800000
		if h&0x3ff != 0 {
			bits |= 1 << 22
		}
		return math.Float32frombits(bits | sign)
	}
	return math.Float32frombits(bits + (127-15)<<23 | sign)
}

// BitsF16 is x rounded to f16.
func BitsF16(x float32) uint16 {
	b := math.Float32bits(x)
	sign, b := uint16(b>>16&0x8000), b&0x7fffffff
	switch {
	case b > 0x7f800000:
		return sign | 0x7e00 | uint16(b>>13&0x3ff)
	case b >= 0x477ff000: // 65520 and more round to infinity
		return sign | 0x7c00
	case b < 0x38800000: // below 2^-14: count multiples of 2^-24; adding 0.5 leaves them in the low bits, rounded to even
		f := math.Float32frombits(b) + 0.5
		return sign | uint16(math.Float32bits(f)-math.Float32bits(0.5))
	}
	b += 0xfff + b>>13&1
	return sign | uint16((b-(127-15)<<23)>>13)
}

// BitsBF16 is x rounded to bf16.
func BitsBF16(x float32) uint16 {
	b := math.Float32bits(x)
	if b&0x7fffffff > 0x7f800000 {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}
