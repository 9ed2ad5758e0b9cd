// Package g711 decodes and encodes the two companded sample formats of telephony, mu-law and A-law, one byte a sample
// (ITU-T G.711, tables 1a to 2b). Linear values are 16-bit: mu-law spans ±32124, A-law ±32256.
package g711

import "math/bits"

// muBias is added before the segment is found, so that segments are powers of two (G.711 appendix, "bias 33" << 2).
const muBias = 0x84

// muLimit is the largest magnitude that mu-law can carry; louder samples clip to it.
const muLimit = 32635

// MuLaw expands one mu-law byte.
func MuLaw(b byte) int16 {
	b = ^b
	magnitude := (int(b&0x0F)<<3 + muBias) << (b >> 4 & 7)
	if b&0x80 != 0 {
		return int16(muBias - magnitude)
	}
	return int16(magnitude - muBias)
}

// EncodeMuLaw compands one linear sample.
func EncodeMuLaw(s int16) byte {
	x, sign := int(s), byte(0)
	if x < 0 {
		x, sign = -x, 0x80
	}
	x = min(x, muLimit) + muBias
	segment := bits.Len(uint(x)) - 8
	return ^(sign | byte(segment)<<4 | byte(x>>(segment+3))&0x0F)
}

// ALaw expands one A-law byte.
func ALaw(b byte) int16 {
	b ^= 0x55
	magnitude := int(b&0x0F)<<4 + 8
	if segment := b >> 4 & 7; segment > 0 {
		magnitude = (magnitude + 0x100) << (segment - 1)
	}
	if b&0x80 == 0 {
		return int16(-magnitude)
	}
	return int16(magnitude)
}

// EncodeALaw compands one linear sample.
func EncodeALaw(s int16) byte {
	x, sign := int(s), byte(0x80)
	if x < 0 {
		x, sign = -x-1, 0
	}
	segment := max(bits.Len(uint(x))-8, 0)
	shift := max(segment-1, 0) + 4
	return (sign | byte(segment)<<4 | byte(x>>shift)&0x0F) ^ 0x55
}
