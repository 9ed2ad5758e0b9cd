// Package phrase tells where running text may be broken: at sentence ends and clause boundaries gladly, before a
// conjunction rather than after it, never inside a name or a number. It knows Kazakh, Russian and English by small word
// lists and needs no model. The live policy cuts segments by it, subtitle cues cut lines by it.
package phrase

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quality says how good a break between two words is.
type Quality int

// The qualities, worst first.
const (
	Forbidden Quality = iota // inside a name or number
	Poor                     // after an article, preposition or conjunction
	Plain                    // between ordinary words
	Good                     // before a conjunction or preposition
	Clause                   // after a comma, semicolon, colon or dash
	Sentence                 // after a full stop
)

// Break rates a break between word and next, words with their punctuation. An empty next is the end of the text.
func Break(word, next string) Quality {
	switch {
	case next == "" || EndsSentence(word, next):
		return Sentence
	case inNumber(word, next) || inName(word, next):
		return Forbidden
	case strings.ContainsRune(",;:—–", lastRune(word)) || next == "—" || next == "–" || next == "-":
		return clauseUnlessDash(next)
	case leaning[Normal(word)] || Joins(word):
		return Poor
	case leaning[Normal(next)] || Joins(next):
		return Good
	}
	return Plain
}

// Joins tells that word is a conjunction, which begins a clause or a part of a list.
func Joins(word string) bool { return joining[Normal(word)] }

// clauseUnlessDash keeps a lone dash from beginning a line.
func clauseUnlessDash(next string) Quality {
	if next == "—" || next == "–" || next == "-" {
		return Poor
	}
	return Clause
}

// Normal is what two spellings of a word have in common: lower case, no punctuation, е for ё. A word of punctuation only is
// its own normal form.
func Normal(word string) string {
	var b strings.Builder
	for _, r := range word {
		r = unicode.ToLower(r)
		if r == 'ё' {
			r = 'е'
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '%' {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return word
	}
	return b.String()
}

// TrimEnd takes the punctuation off the end of a word. What is only punctuation stays.
func TrimEnd(word string) string {
	trimmed := strings.TrimRightFunc(word, func(r rune) bool { return unicode.IsPunct(r) && r != '%' })
	if trimmed == "" {
		return word
	}
	return trimmed
}

// EndsSentence tells whether a sentence ends with word when next follows it. With an empty next only the word counts.
func EndsSentence(word, next string) bool {
	core := strings.TrimRight(word, `"'»”’)]`)
	switch lastRune(core) {
	case '!', '?', '…', '。':
		return !startsLower(next)
	case '.':
		return !startsLower(next) && (strings.HasSuffix(core, "..") || !abbreviated(core))
	}
	return false
}

// abbreviated tells that the full stop of word belongs to an abbreviation, an initial or an ordinal number.
func abbreviated(word string) bool {
	body := strings.TrimRight(word, ".")
	n := Normal(body)
	return utf8.RuneCountInString(n) <= 1 && body != "" || abbreviations[n] || strings.Contains(body, ".") && !strings.ContainsFunc(body, unicode.IsDigit)
}

// inNumber tells that word and next are parts of one number: "1 000", "25 %", "№ 5", "12 млн".
func inNumber(word, next string) bool {
	if strings.ContainsRune(",;:.!?", lastRune(word)) {
		return false
	}
	number := endsInDigit(word)
	return number && (startsWithDigit(next) || strings.HasPrefix(next, "%") || units[Normal(next)]) ||
		startsWithDigit(next) && (word == "№" || word == "#" || strings.HasSuffix(word, "$") || strings.HasSuffix(word, "€"))
}

// inName tells that word and next are parts of one name: two capitalised words, or an initial or title and a name.
func inName(word, next string) bool {
	if strings.ContainsRune(",;:!?—", lastRune(word)) || !startsUpper(next) {
		return false
	}
	if lastRune(word) == '.' {
		return abbreviated(word)
	}
	return startsUpper(word) && Normal(word) != "i"
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func endsInDigit(s string) bool { return unicode.IsDigit(lastRune(s)) }

func startsWithDigit(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "$€₸-−+"))
	return unicode.IsDigit(r)
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, `"'«“‘(`))
	return unicode.IsUpper(r)
}

func startsLower(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, `"'«“‘(`))
	return unicode.IsLower(r)
}
