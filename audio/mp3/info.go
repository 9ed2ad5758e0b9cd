package mp3

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/dauys/dauys/fault"
)

// decoderDelay is what every decoder of layer III adds, samples (LAME's technical FAQ, "decoder delay": 528 + 1).
const decoderDelay = 529

// info is what stands before the sound.
type info struct {
	rateHz, channels int
	perFrame         int   // samples in one frame
	skip             int   // samples of encoder and decoder delay at the beginning
	samples          int64 // of the sound, 0 when the file does not say
}

// rates by version (3 = MPEG-1, 2 = MPEG-2, 0 = MPEG-2.5) and index (ISO 11172-3, 2.4.2.3; ISO 13818-3).
var rates = [4][3]int{3: {44100, 48000, 32000}, 2: {22050, 24000, 16000}, 0: {11025, 12000, 8000}}

// bitrates of layer III in kbit/s: MPEG-1, then MPEG-2 and 2.5.
var bitrates = [2][15]int{
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
}

// header is one frame's.
type header struct {
	rateHz, channels, perFrame, size int
	side                             int // bytes of side information
}

// parseHeader reads the four bytes of a frame header; ok is false for what is none of layer III.
func parseHeader(b []byte) (h header, ok bool) {
	if len(b) < 4 || b[0] != 0xFF || b[1]&0xE0 != 0xE0 || b[1]>>1&3 != 1 {
		return header{}, false
	}
	version, rate, bitrate := b[1]>>3&3, b[2]>>2&3, b[2]>>4
	if version == 1 || rate == 3 || bitrate == 0 || bitrate == 15 {
		return header{}, false
	}
	h = header{rateHz: rates[version][rate], channels: 2, perFrame: 1152, side: 32}
	table, mono := 0, b[3]>>6 == 3
	if version != 3 {
		h.perFrame, h.side, table = 576, 17, 1
	}
	if mono {
		h.channels, h.side = 1, map[bool]int{true: 17, false: 9}[version == 3]
	}
	h.size = h.perFrame/8*bitrates[table][bitrate]*1000/h.rateHz + int(b[2]>>1&1)
	return h, true
}

// maxSearch bounds how far behind the tags the first frame may lie.
const maxSearch = 64 << 10

// readInfo skips tags and junk up to the first frame, and takes that frame away too when it only describes the others.
func readInfo(r *bufio.Reader) (info, error) {
	const op fault.Op = "mp3.NewReader"
	if err := skipID3(r); err != nil {
		return info{}, fault.Errorf(op, fault.Corrupt, "the MP3 file ends inside its tags: copy it again")
	}
	for range maxSearch {
		b, err := r.Peek(4)
		if err != nil {
			break
		}
		if h, ok := parseHeader(b); ok && followed(r, h) {
			return describe(r, h), nil
		}
		if _, err := r.Discard(1); err != nil {
			break
		}
	}
	return info{}, fault.Errorf(op, fault.Corrupt, "no MP3 sound: the file is damaged or is not MP3")
}

// followed tells whether another frame, or the end of the file, stands where the frame ends: single headers occur by chance.
func followed(r *bufio.Reader, h header) bool {
	b, err := r.Peek(h.size + 4)
	if errors.Is(err, io.EOF) {
		return len(b) >= h.size
	}
	next, ok := parseHeader(b[min(len(b), h.size):])
	return ok && next.rateHz == h.rateHz
}

// skipID3 drops an ID3v2 tag (id3.org, ID3v2.4, 3.1).
func skipID3(r *bufio.Reader) error {
	for {
		b, err := r.Peek(10)
		if err != nil || string(b[:3]) != "ID3" {
			return nil
		}
		size := 10 + int(b[6]&0x7F)<<21 + int(b[7]&0x7F)<<14 + int(b[8]&0x7F)<<7 + int(b[9]&0x7F)
		if b[5]&0x10 != 0 {
			size += 10 // a footer
		}
		if _, err := r.Discard(size); err != nil {
			return err
		}
	}
}

// describe reads the Xing tag with LAME's extension, if the first frame has one (gabriel.mp3-tech.org/mp3infotag.html): flags, frames, bytes, table,
// quality; then encoder, ..., and at byte 21 of the extension 12 bits of delay and 12 of padding.
func describe(r *bufio.Reader, h header) info {
	i := info{rateHz: h.rateHz, channels: h.channels, perFrame: h.perFrame}
	b, err := r.Peek(h.size)
	if err != nil {
		return i
	}
	at := 4 + h.side
	if len(b) < at+8 || (string(b[at:at+4]) != "Xing" && string(b[at:at+4]) != "Info") {
		return i
	}
	flags := binary.BigEndian.Uint32(b[at+4:])
	tag := b[at+8:]
	frames := int64(0)
	for bit, size := range [...]int{4, 4, 100, 4} {
		if flags>>bit&1 == 0 {
			continue
		}
		if len(tag) < size {
			return i
		}
		if bit == 0 {
			frames = int64(binary.BigEndian.Uint32(tag))
		}
		tag = tag[size:]
	}
	if _, err := r.Discard(h.size); err != nil {
		return i
	}
	if len(tag) < 24 || tag[0] == 0 {
		return i
	}
	delay, padding := int(tag[21])<<4|int(tag[22])>>4, int(tag[22]&0x0F)<<8|int(tag[23])
	i.skip = delay + decoderDelay
	if total := frames*int64(h.perFrame) - int64(delay+padding); frames > 0 && total > 0 {
		i.samples = total
	}
	return i
}
