package whisper

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Word is a word with its tokens. The text keeps the space before it.
type Word struct {
	Text   string
	Tokens []int32
}

// asciiPunctuation is Python's string.punctuation.
const asciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// Words cuts tokens into words for alignment (openai/whisper@v20240930 tokenizer.py:277-330, split_to_word_tokens): at spaces, or at every
// character in languages that write none. Punctuation and special tokens stand alone.
func (t *Tokenizer) Words(ids []int32, language string) []Word {
	switch language {
	case "zh", "ja", "th", "lo", "my", "yue":
		return t.characters(ids)
	}
	var words []Word
	for _, c := range t.characters(ids) {
		alone := c.Tokens[0] >= t.special.EndOfText || strings.HasPrefix(c.Text, " ") ||
			strings.Contains(asciiPunctuation, strings.TrimSpace(c.Text))
		if alone || len(words) == 0 {
			words = append(words, c)
			continue
		}
		last := &words[len(words)-1]
		last.Text += c.Text
		last.Tokens = append(last.Tokens, c.Tokens...)
	}
	return words
}

// characters cuts where the tokens so far are whole characters (split_tokens_on_unicode). A U+FFFD that is also in the
// text of all tokens is no sign of a cut inside a character.
func (t *Tokenizer) characters(ids []int32) []Word {
	full := []rune(t.DecodeAll(ids))
	var words []Word
	var bytes []byte
	from, offset := 0, 0 // first token of the part under way; characters before it
	for i, id := range ids {
		bytes = t.appendAny(bytes, id)
		text := valid(bytes)
		if at := strings.Index(text, replacement); at >= 0 {
			at = offset + utf8.RuneCountInString(text[:at])
			if at >= len(full) || full[at] != utf8.RuneError {
				continue
			}
		}
		words = append(words, Word{text, slices.Clone(ids[from : i+1])})
		from, bytes = i+1, bytes[:0]
		offset += utf8.RuneCountInString(text)
	}
	return words
}
