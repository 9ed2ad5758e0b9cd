// Package pcm turns raw sample bytes into float32: 8 to 32-bit integers, 32 and 64-bit floats, mu-law and A-law.
//
// Integers map to [-1, 1) by a power of two, so no bit is lost up to 24 bits. Bytes may come cut anywhere: a [Decoder] keeps the part
// of a sample that it has seen. NaN and infinities are an error that names the sample.
package pcm

import (
	"encoding/binary"
	"math"

	"github.com/dauys/dauys/audio/g711"
	"github.com/dauys/dauys/fault"
)

// Encoding is how one sample lies in memory.
type Encoding uint8

// The encodings that a Decoder knows.
const (
	S16LE Encoding = iota // signed 16-bit
	U8                    // unsigned 8-bit, 128 is silence
	S24LE                 // signed 24-bit in three bytes
	S32LE                 // signed 32-bit
	F32LE                 // IEEE 754 single
	F64LE                 // IEEE 754 double
	MuLaw                 // G.711 mu-law
	ALaw                  // G.711 A-law
)

var layouts = [...]struct {
	name  string
	bytes int
}{{"pcm_s16le", 2}, {"pcm_u8", 1}, {"pcm_s24le", 3}, {"pcm_s32le", 4}, {"pcm_f32le", 4}, {"pcm_f64le", 8}, {"mulaw", 1}, {"alaw", 1}}

// Parse finds an encoding by its name on the wire: pcm_s16le, pcm_u8, pcm_s24le, pcm_s32le, pcm_f32le, pcm_f64le, mulaw, alaw.
func Parse(name string) (Encoding, error) {
	for e, l := range layouts {
		if l.name == name {
			return Encoding(e), nil
		}
	}
	return 0, fault.Errorf("pcm.Parse", fault.Unsupported, "sample encoding %q is unknown: use pcm_s16le, pcm_f32le, mulaw or alaw", name)
}

// String gives the name that Parse reads.
func (e Encoding) String() string { return layouts[e].name }

// Bytes is the size of one sample.
func (e Encoding) Bytes() int { return layouts[e].bytes }

// Decoder turns a stream of bytes into samples. The zero value reads pcm_s16le.
type Decoder struct {
	Encoding Encoding

	seen    int64 // samples decoded so far
	carry   [8]byte
	carried int
}

// Append decodes b after the bytes of earlier calls and appends the whole samples to dst. On an error dst holds the samples before the
// bad one.
func (d *Decoder) Append(dst []float32, b []byte) ([]float32, error) {
	size := d.Encoding.Bytes()
	var err error
	if d.carried > 0 {
		n := copy(d.carry[d.carried:size], b)
		b, d.carried = b[n:], d.carried+n
		if d.carried < size {
			return dst, nil
		}
		d.carried = 0
		if dst, err = d.append(dst, d.carry[:size]); err != nil {
			return dst, err
		}
	}
	whole := len(b) / size * size
	d.carried = copy(d.carry[:], b[whole:])
	return d.append(dst, b[:whole])
}

// Pending is how many bytes of an unfinished sample wait for the rest.
func (d *Decoder) Pending() int { return d.carried }

// append decodes whole samples.
func (d *Decoder) append(dst []float32, b []byte) ([]float32, error) {
	was := len(dst)
	switch d.Encoding {
	case S16LE:
		for ; len(b) >= 2; b = b[2:] {
			dst = append(dst, float32(int16(binary.LittleEndian.Uint16(b)))/(1<<15))
		}
	case U8:
		for _, v := range b {
			dst = append(dst, float32(int(v)-128)/(1<<7))
		}
	case S24LE:
		for ; len(b) >= 3; b = b[3:] {
			v := int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24) >> 8
			dst = append(dst, float32(v)/(1<<23))
		}
	case S32LE:
		for ; len(b) >= 4; b = b[4:] {
			dst = append(dst, float32(int32(binary.LittleEndian.Uint32(b)))/(1<<31))
		}
	case F32LE:
		for ; len(b) >= 4; b = b[4:] {
			dst = append(dst, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
	case F64LE:
		for ; len(b) >= 8; b = b[8:] {
			dst = append(dst, float32(math.Float64frombits(binary.LittleEndian.Uint64(b))))
		}
	case MuLaw:
		for _, v := range b {
			dst = append(dst, float32(g711.MuLaw(v))/(1<<15))
		}
	case ALaw:
		for _, v := range b {
			dst = append(dst, float32(g711.ALaw(v))/(1<<15))
		}
	}
	if bad := notFinite(dst[was:]); bad >= 0 {
		return dst[:was+bad], fault.Errorf("pcm.Decode", fault.Corrupt,
			"sample %d is not a finite number: the sound is damaged or is not %s", d.seen+int64(bad), d.Encoding)
	}
	d.seen += int64(len(dst) - was)
	return dst, nil
}

// notFinite finds the first NaN or infinity, -1 when there is none. x-x is 0 for finite numbers only.
func notFinite(x []float32) int {
	for i, v := range x {
		if v-v != 0 {
			return i
		}
	}
	return -1
}
