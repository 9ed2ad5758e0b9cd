package wav

import (
	"encoding/binary"
	"io"
	"math"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/fault"
)

// Write writes samples, interleaved, as a WAV file of 16-bit PCM. Values outside [-1, 1] clip.
func Write(w io.Writer, f audio.Format, samples []float32) error {
	const op fault.Op = "wav.Write"
	if err := pcm.Check(f); err != nil {
		return err
	}
	if len(samples)*2 >= unknownSize {
		return fault.Errorf(op, fault.Invalid, "%d samples do not fit in a WAV file", len(samples))
	}
	size := uint32(2 * len(samples))
	out := make([]byte, 0, 44+int(size))
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, 36+size)
	out = append(out, "WAVEfmt \x10\x00\x00\x00\x01\x00"...)
	out = binary.LittleEndian.AppendUint16(out, uint16(f.Channels))
	out = binary.LittleEndian.AppendUint32(out, uint32(f.RateHz))
	out = binary.LittleEndian.AppendUint32(out, uint32(f.RateHz*f.Channels*2))
	out = binary.LittleEndian.AppendUint16(out, uint16(f.Channels*2))
	out = append(out, "\x10\x00data"...)
	out = binary.LittleEndian.AppendUint32(out, size)
	for _, v := range samples {
		s := math.RoundToEven(float64(v) * (1 << 15))
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(max(-1<<15, min(s, 1<<15-1)))))
	}
	_, err := w.Write(out)
	return fault.E(op, fault.Other, err)
}
