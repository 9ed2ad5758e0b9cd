package whisper

import "unicode/utf8"

// replacement is what stands for bytes that are no character.
const replacement = "\uFFFD"

// valid makes b a string; as in Unicode 15, 3.9, "U+FFFD substitution of maximal subparts", and as Python does it, what could have become
// a character is replaced as one.
func valid(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out := make([]byte, 0, len(b)+8)
	for len(b) > 0 {
		if r, size := utf8.DecodeRune(b); r != utf8.RuneError || size > 1 {
			out, b = append(out, b[:size]...), b[size:]
			continue
		}
		out, b = append(out, replacement...), b[max(1, begun(b)):]
	}
	return string(out)
}

// begun is how many bytes at the start of b could be the beginning of one character.
func begun(b []byte) int {
	low, high, need := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
	case c >= 0xF0 && c <= 0xF4:
		need = 3
	}
	switch b[0] {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n <= need && n < len(b) && b[n] >= low && b[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}

// Decoder makes text of tokens as they come. A character whose bytes are spread over tokens appears when it is whole.
type Decoder struct {
	from *Tokenizer
	tail []byte
}

// NewDecoder begins a text.
func (t *Tokenizer) NewDecoder() *Decoder { return &Decoder{from: t} }

// Next gives the text that a token completes; special tokens give none.
func (d *Decoder) Next(id int32) string {
	if !d.from.IsText(id) {
		return ""
	}
	d.tail = d.from.text.AppendBytes(d.tail, id)
	whole := len(d.tail)
	for back := 1; back <= min(3, len(d.tail)); back++ {
		if from := len(d.tail) - back; utf8.RuneStart(d.tail[from]) {
			if !utf8.FullRune(d.tail[from:]) {
				whole = from
			}
			break
		}
	}
	text := valid(d.tail[:whole])
	d.tail = d.tail[:copy(d.tail, d.tail[whole:])]
	return text
}

// Flush gives what is left of a character that never became whole, and begins another text.
func (d *Decoder) Flush() string {
	text := valid(d.tail)
	d.tail = d.tail[:0]
	return text
}
