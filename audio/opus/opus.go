// Package opus decodes Opus packets (RFC 6716) to 48 kHz. The codec is github.com/pion/opus; here are the header of RFC 7845, pre-skip,
// gain, silent packets, and protection from packets that the codec stumbles over.
package opus

import (
	"encoding/binary"
	"math"

	"github.com/pion/opus"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// RateHz is the rate of decoded sound, whatever the packets hold.
const RateHz = 48000

// maxFrames is the longest packet: 120 ms (RFC 6716, 3.2.5).
const maxFrames = 5760

// Head is the header of a stream (OpusHead; RFC 7845, 5.1). The zero value with channels set suits bare packets.
type Head struct {
	Channels int     // 1 or 2
	PreSkip  int     // frames to drop at the beginning
	GainDB   float64 // to apply to the output
}

// ParseHead reads an OpusHead packet.
func ParseHead(b []byte) (Head, error) {
	const op fault.Op = "opus.ParseHead"
	if len(b) < 19 || string(b[:8]) != "OpusHead" {
		return Head{}, fault.Errorf(op, fault.Corrupt, "this is no Opus header")
	}
	h := Head{Channels: int(b[9]), PreSkip: int(binary.LittleEndian.Uint16(b[10:])), GainDB: float64(int16(binary.LittleEndian.Uint16(b[16:]))) / 256}
	if b[8]&0xF0 != 0 || b[18] > 0 && h.Channels > 2 || h.Channels < 1 || h.Channels > 2 {
		return Head{}, fault.Errorf(op, fault.Unsupported, "Opus version %d with %d channels: mono and stereo are supported, convert the file with ffmpeg", b[8], h.Channels)
	}
	return h, nil
}

// Decoder decodes the packets of one stream. It is not safe for concurrent use.
type Decoder struct {
	head    Head
	gain    float32
	codec   opus.Decoder
	skip    int // frames of pre-skip left
	packets int64
	out     [2 * maxFrames]float32
}

// NewDecoder begins a stream.
func NewDecoder(h Head) (*Decoder, error) {
	codec, err := opus.NewDecoderWithOutput(RateHz, h.Channels)
	if err != nil {
		return nil, fault.Errorf("opus.NewDecoder", fault.Unsupported, "%d channels: %w", h.Channels, err)
	}
	return &Decoder{head: h, gain: float32(math.Pow(10, h.GainDB/20)), codec: codec, skip: h.PreSkip}, nil
}

// Format of the decoded sound.
func (d *Decoder) Format() audio.Format {
	return audio.Format{RateHz: RateHz, Channels: d.head.Channels}
}

// Append decodes one packet and appends its samples to dst, interleaved.
func (d *Decoder) Append(dst []float32, packet []byte) ([]float32, error) {
	d.packets++
	frames, err := Frames(packet)
	if err == nil {
		err = d.decode(packet, frames)
	}
	if err != nil {
		return dst, fault.Errorf("opus.Decode", fault.Corrupt, "Opus packet %d is damaged: %w", d.packets, err)
	}
	drop := min(d.skip, frames)
	d.skip -= drop
	for _, v := range d.out[drop*d.head.Channels : frames*d.head.Channels] {
		if v-v != 0 {
			v = 0 // a codec's defect, inaudible as silence
		}
		dst = append(dst, v*d.gain)
	}
	return dst, nil
}

// decode fills out. The codec may panic on bytes that no encoder makes.
func (d *Decoder) decode(packet []byte, frames int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.Errorf("opus.Decode", fault.Corrupt, "the codec cannot read it")
		}
	}()
	out := d.out[:frames*d.head.Channels]
	if silent(packet) {
		clear(out)
		return nil
	}
	n, err := d.codec.DecodeToFloat32(packet, out)
	if err == nil && n < frames {
		clear(out[max(0, n)*d.head.Channels:])
	}
	return err
}

// silent tells whether a packet holds no frame but a sign of silence (DTX; RFC 6716, 3.1: frames of at most one byte).
func silent(packet []byte) bool { return len(packet) <= 2 && packet[0]&3 == 0 }

// Frames is the length of a packet at 48 kHz (RFC 6716, 3.1 and 3.2).
func Frames(packet []byte) (int, error) {
	const op fault.Op = "opus.Frames"
	if len(packet) == 0 {
		return 0, fault.Errorf(op, fault.Corrupt, "it is empty")
	}
	count := 1
	switch packet[0] & 3 {
	case 1, 2:
		count = 2
	case 3:
		if len(packet) < 2 {
			return 0, fault.Errorf(op, fault.Corrupt, "the number of frames is missing")
		}
		count = int(packet[1] & 63)
	}
	total := count * frameLength(packet[0]>>3)
	if total == 0 || total > maxFrames {
		return 0, fault.Errorf(op, fault.Corrupt, "%d frames are not between 2.5 and 120 ms", count)
	}
	return total, nil
}

// frameLength is the length of one frame by configuration (RFC 6716, table 2).
func frameLength(config byte) int {
	switch {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		return [...]int{480, 960, 1920, 2880}[config&3]
	case config < 16: // hybrid: 10, 20 ms
		return [...]int{480, 960}[config&1]
	}
	return 120 << (config & 3) // CELT: 2.5, 5, 10, 20 ms
}
