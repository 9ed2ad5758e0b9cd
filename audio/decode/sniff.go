package decode

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/dauys/dauys/fault"
)

// sniffBytes is how much of a recording is looked at.
const sniffBytes = 4 << 10

// kind is what a recording begins like.
type kind uint8

const (
	unknown kind = iota
	isWAV
	isFLAC
	isMP3
	isOgg  // with Opus
	isWebM // or Matroska
)

// sniff looks at the beginning of r without taking it. It fails for what is certainly no sound.
func sniff(r *bufio.Reader, name string) (kind, error) {
	const op fault.Op = "decode.Open"
	b, err := r.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return unknown, fault.E(op, fault.Other, err)
	}
	if len(b) == 0 {
		return unknown, fault.Errorf(op, fault.Corrupt, "%s is empty: record or copy it again", name)
	}
	switch {
	case hasPrefix(b, "RIFF", "RF64", "BW64") && len(b) >= 12 && string(b[8:12]) == "WAVE", hasPrefix(b, "RIFF") && len(b) < 12:
		return isWAV, nil
	case hasPrefix(b, "fLaC"):
		return isFLAC, nil
	case hasPrefix(b, "OggS") && bytes.Contains(b, []byte("OpusHead")):
		return isOgg, nil
	case hasPrefix(b, "\x1A\x45\xDF\xA3"):
		return isWebM, nil
	case hasPrefix(b, "ID3") || len(b) >= 2 && b[0] == 0xFF && b[1]&0xE0 == 0xE0 && b[1]>>1&3 == 1: // layer III; AAC has 0 there
		return isMP3, nil
	case isText(b):
		return unknown, fault.Errorf(op, fault.Invalid, "%s is a text, not a sound: give a recording", name)
	}
	return unknown, nil
}

func hasPrefix(b []byte, prefixes ...string) bool {
	for _, p := range prefixes {
		if bytes.HasPrefix(b, []byte(p)) {
			return true
		}
	}
	return false
}

// isText tells whether all of b is UTF-8 without control characters, but for a character that its end may cut.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(b) && len(b) < utf8.UTFMax
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' || r == 0x7F {
			return false
		}
		b = b[size:]
	}
	return true
}
