package webm

import "math/bits"

// IDs of the elements that matter (RFC 9559, 27.1), marker bits included.
const (
	idEBML         = 0x1A45DFA3
	idDocType      = 0x4282
	idSegment      = 0x18538067
	idCluster      = 0x1F43B675
	idTracks       = 0x1654AE6B
	idTrackEntry   = 0xAE
	idTrackNumber  = 0xD7
	idTrackType    = 0x83
	idCodecID      = 0x86
	idCodecPrivate = 0x63A2
	idBlockGroup   = 0xA0
	idBlock        = 0xA1
	idSimpleBlock  = 0xA3
)

// unknown is the size of an element whose writer did not know it.
const unknown = 1<<56 - 1

// vint reads a number of variable length (RFC 8794, 4): the position of the first one bit tells the length. It gives 0 bytes when b is
// too short, and -1 when b begins with no such number.
func vint(b []byte, keepMarker bool) (value uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	n = bits.LeadingZeros8(b[0]) + 1
	if n > 8 {
		return 0, -1
	}
	if len(b) < n {
		return 0, 0
	}
	value = uint64(b[0])
	if !keepMarker {
		value &= 1<<(8-n) - 1
	}
	ones := value == 1<<(8-n)-1
	for _, c := range b[1:n] {
		value = value<<8 | uint64(c)
		ones = ones && c == 0xFF
	}
	if ones && !keepMarker {
		return unknown, n
	}
	return value, n
}

// header reads an element's id and size; n as in vint.
func header(b []byte) (id uint32, size uint64, n int) {
	long, a := vint(b, true)
	if a <= 0 {
		return 0, 0, a
	}
	if a > 4 {
		return 0, 0, -1
	}
	size, c := vint(b[a:], false)
	if c <= 0 {
		return 0, 0, c
	}
	return uint32(long), size, a + c
}

// children calls visit for the elements in b, as far as they are whole.
func children(b []byte, visit func(id uint32, body []byte)) {
	for {
		id, size, n := header(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return
		}
		visit(id, b[n:n+int(size)])
		b = b[n+int(size):]
	}
}

// number reads an unsigned integer of at most eight bytes.
func number(b []byte) (v uint64) {
	for _, c := range b[:min(len(b), 8)] {
		v = v<<8 | uint64(c)
	}
	return v
}
