package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/fault"
)

// Codes of the format tag (RFC 2361; mmreg.h of the Windows SDK).
const (
	tagPCM        = 0x0001
	tagFloat      = 0x0003
	tagALaw       = 0x0006
	tagMuLaw      = 0x0007
	tagExtensible = 0xFFFE
)

// subformatTail is what follows the format tag in the GUIDs of WAVE_FORMAT_EXTENSIBLE (KSDATAFORMAT_SUBTYPE_*).
const subformatTail = "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"

// maxChunks bounds how many chunks may stand before the data; real files have fewer than ten.
const maxChunks = 1024

// unknownSize is the data size of a stream whose writer could not go back. FFmpeg writes 0xFFFFFFFF, arecord 0x80000000, SoX 0x7FFFF000
// and a little; no honest header has a size of 2 GiB to the byte, and a reader that runs out of data below it was told a placeholder.
const unknownSize = 0x7FFF0000

// header is what stands before the samples.
type header struct {
	format   audio.Format
	encoding pcm.Encoding
	bytes    int64 // size of the data chunk, -1 when it is unknown
	offset   int64 // of the first sample in the file
	long     int64 // size of the data in the ds64 chunk (EBU Tech 3306)
}

func corrupt(format string, args ...any) error {
	return fault.Errorf("wav.Header", fault.Corrupt, format, args...)
}

// readHeader reads up to the first sample.
func readHeader(r *countingReader) (header, error) {
	var id [12]byte
	if _, err := io.ReadFull(r, id[:]); err != nil {
		return header{}, truncated("the RIFF header", err)
	}
	kind := string(id[:4])
	if (kind != "RIFF" && kind != "RF64" && kind != "BW64") || string(id[8:]) != "WAVE" {
		return header{}, corrupt("not a WAV file: it begins with %q", id[:4])
	}
	var h header
	for range maxChunks {
		var chunk [8]byte
		if _, err := io.ReadFull(r, chunk[:]); err != nil {
			return header{}, truncated("the chunk before the data", err)
		}
		name, size := string(chunk[:4]), int64(binary.LittleEndian.Uint32(chunk[4:]))
		if name == "data" {
			err := h.data(r, size)
			return h, err
		}
		if err := h.chunk(r, name, size); err != nil {
			return header{}, err
		}
	}
	return header{}, corrupt("%d chunks and no data among them: not a WAV file that can be read", maxChunks)
}

// chunk reads one that stands before the data.
func (h *header) chunk(r *countingReader, name string, size int64) error {
	switch name {
	case "ds64":
		body, err := readChunk(r, name, size, 28)
		if err != nil {
			return err
		}
		h.long = int64(binary.LittleEndian.Uint64(body[8:]) & (1<<62 - 1))
	case "fmt ":
		body, err := readChunk(r, name, size, 16)
		if err != nil {
			return err
		}
		h.format, h.encoding, err = parseFormat(body)
		return err
	default:
		if err := skip(r, size+size&1); err != nil {
			return truncated(fmt.Sprintf("chunk %q", name), err)
		}
	}
	return nil
}

// data begins the samples.
func (h *header) data(r *countingReader, size int64) error {
	if h.format.Channels == 0 {
		return corrupt("the data come before the fmt chunk, so their format is unknown: convert the file with ffmpeg")
	}
	h.bytes, h.offset = size, r.n
	if size == 0xFFFFFFFF && h.long > 0 {
		h.bytes = h.long
	} else if size >= unknownSize {
		h.bytes = -1
	}
	return nil
}

// readChunk reads the first 40 bytes of a chunk, or as many as it has but no fewer than least, and skips the rest.
func readChunk(r *countingReader, name string, size, least int64) ([]byte, error) {
	if size < least {
		return nil, corrupt("chunk %q has %d bytes, at least %d are needed", name, size, least)
	}
	body := make([]byte, min(size, 40))
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, truncated(fmt.Sprintf("chunk %q", name), err)
	}
	if err := skip(r, size-int64(len(body))+size&1); err != nil {
		return nil, truncated(fmt.Sprintf("chunk %q", name), err)
	}
	return body, nil
}

// parseFormat reads the body of a fmt chunk: tag u16, channels u16, rate u32, bytes a second u32, bytes a frame u16, bits a sample u16,
// and for extensible formats size u16, valid bits u16, speaker mask u32, subformat GUID.
func parseFormat(b []byte) (audio.Format, pcm.Encoding, error) {
	tag := binary.LittleEndian.Uint16(b)
	channels, frame, bits := int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint16(b[12:])), int(binary.LittleEndian.Uint16(b[14:]))
	f := audio.Format{RateHz: int(int32(binary.LittleEndian.Uint32(b[4:]))), Channels: channels}
	if err := pcm.Check(f); err != nil {
		return audio.Format{}, 0, err
	}
	if tag == tagExtensible {
		if len(b) < 40 || string(b[26:40]) != subformatTail {
			return audio.Format{}, 0, corrupt("extensible format without a subformat that is known: convert the file with ffmpeg")
		}
		tag = binary.LittleEndian.Uint16(b[24:])
	}
	bytes := (bits + 7) / 8
	if frame != channels*bytes {
		return audio.Format{}, 0, corrupt("the header contradicts itself: %d channels of %d bits do not fit in frames of %d bytes", channels, bits, frame)
	}
	e, ok := encoding(tag, bytes)
	if !ok {
		return audio.Format{}, 0, fault.Errorf("wav.Header", fault.Unsupported,
			"format 0x%04x with %d bits a sample: convert the file to PCM, or install ffmpeg", tag, bits)
	}
	return f, e, nil
}

// encoding finds the sample format of a tag; samples of fewer bits than their bytes hold are left-aligned, so bytes alone decide.
func encoding(tag uint16, bytes int) (pcm.Encoding, bool) {
	switch {
	case tag == tagPCM && bytes == 1:
		return pcm.U8, true
	case tag == tagPCM && bytes == 2:
		return pcm.S16LE, true
	case tag == tagPCM && bytes == 3:
		return pcm.S24LE, true
	case tag == tagPCM && bytes == 4:
		return pcm.S32LE, true
	case tag == tagFloat && bytes == 4:
		return pcm.F32LE, true
	case tag == tagFloat && bytes == 8:
		return pcm.F64LE, true
	case tag == tagALaw && bytes == 1:
		return pcm.ALaw, true
	case tag == tagMuLaw && bytes == 1:
		return pcm.MuLaw, true
	}
	return 0, false
}

func truncated(where string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return corrupt("the WAV file ends inside %s: it was cut off, copy or record it again", where)
	}
	return fault.E("wav.Header", fault.Other, err)
}

// skip drops n bytes; it is an error when there are fewer.
func skip(r io.Reader, n int64) error {
	_, err := io.CopyN(io.Discard, r, n)
	return err
}

// countingReader knows how far it has read.
type countingReader struct {
	io.Reader
	n int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += int64(n)
	return n, err
}
