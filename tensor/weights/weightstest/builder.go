package weightstest

import (
	"encoding/binary"
	"math"
)

// Builder appends little-endian values.
type Builder []byte

// U8 appends bytes.
func (b Builder) U8(v ...uint8) Builder { return append(b, v...) }

// U16 appends 16-bit numbers.
func (b Builder) U16(v ...uint16) Builder {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	return b
}

// U32 appends 32-bit numbers.
func (b Builder) U32(v ...uint32) Builder {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}

// U64 appends 64-bit numbers.
func (b Builder) U64(v ...uint64) Builder {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return b
}

// F32 appends floats.
func (b Builder) F32(v ...float32) Builder {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// Text appends the bytes of s.
func (b Builder) Text(s string) Builder { return append(b, s...) }
