package bpe

import (
	"strings"
	"unicode/utf8"
)

// byteOf maps a character that stands for a byte to the byte, as GPT-2 spells tokens in JSON and in merges.txt: printable bytes of
// Latin-1 stand for themselves, the 68 others for the characters from U+0100 on (openai/gpt-2@9b63575 src/encoder.py:8-28).
var byteOf = func() (table [256 + 68]int16) {
	for i := range table {
		table[i] = -1
	}
	next := 256
	for b := range 256 {
		if b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE {
			table[b] = int16(b)
			continue
		}
		table[next] = int16(b)
		next++
	}
	return table
}()

// Unmap gives the bytes that a token's printable spelling stands for: "Ġa" is " a". It fails for a spelling that no token has.
func Unmap(spelling string) (string, bool) {
	if !strings.ContainsFunc(spelling, func(r rune) bool { return r < '!' || r > '~' }) {
		return spelling, true // ASCII stands for itself
	}
	var b strings.Builder
	b.Grow(len(spelling))
	for _, r := range spelling {
		if r == utf8.RuneError || int(r) >= len(byteOf) || byteOf[r] < 0 {
			return "", false
		}
		b.WriteByte(byte(byteOf[r]))
	}
	return b.String(), true
}
