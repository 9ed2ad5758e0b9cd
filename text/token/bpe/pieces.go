package bpe

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pieces cuts text as GPT-2 does (openai/gpt-2@9b63575 src/encoder.py:53) with the expression
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// The pieces together are the text. Bytes that are not UTF-8 count as neither space, letter nor number.
func Pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			n := next(text)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// class is what the expression tells apart.
type class uint8

const (
	other class = iota
	space
	letter
	number
)

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsSpace(r):
		return space
	case unicode.IsNumber(r):
		return number
	}
	return other
}

// next is the length of the first piece of a text that is not empty.
func next(text string) int {
	for _, ending := range [...]string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
		if strings.HasPrefix(text, ending) {
			return len(ending)
		}
	}
	word := text
	if text[0] == ' ' {
		word = text[1:]
	}
	if r, _ := utf8.DecodeRuneInString(word); len(word) > 0 && classOf(r) != space {
		n, _ := run(word, classOf(r))
		return len(text) - len(word) + n
	}
	n, last := run(text, space)
	if n < len(text) && n > last {
		return n - last // the space before a word belongs to the word, or stands alone
	}
	return n
}

// run is the length of the characters of one class that text begins with, and the length of the last of them.
func run(text string, c class) (n, last int) {
	for n < len(text) {
		r, size := utf8.DecodeRuneInString(text[n:])
		if classOf(r) != c {
			break
		}
		n, last = n+size, size
	}
	return n, last
}
