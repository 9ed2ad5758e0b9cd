// Package wer compares a text with what was said, word by word: the word error rate, and which word is which.
//
// Words are compared without case and punctuation; hyphens and dashes part words, so that "forty-two" equals "forty two".
// Numbers are not spelled out: "1455" and "fourteen fifty-five" differ, for every program alike.
//
//	rate = (substitutions + deletions + insertions) / words said
package wer

import (
	"strings"
	"unicode"
)

// Words splits text into words as they are compared. The Russian ё is е.
func Words(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(strings.Map(plain, text)), "ё", "е"), unicode.IsSpace)
}

// plain keeps letters, digits and what stands inside a word; apostrophes vanish, the rest parts words.
func plain(r rune) rune {
	switch {
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return r
	case r == '\'', r == '’':
		return -1
	}
	return ' '
}

// Counts are the errors of a text.
type Counts struct {
	Words         int `json:"words"` // that were said
	Substitutions int `json:"substitutions"`
	Deletions     int `json:"deletions"`
	Insertions    int `json:"insertions"`
}

// Errors is their sum.
func (c Counts) Errors() int { return c.Substitutions + c.Deletions + c.Insertions }

// Rate is the word error rate, 0 where nothing was said.
func (c Counts) Rate() float64 {
	if c.Words == 0 {
		return 0
	}
	return float64(c.Errors()) / float64(c.Words)
}

// Add sums the counts of two texts.
func (c Counts) Add(o Counts) Counts {
	return Counts{c.Words + o.Words, c.Substitutions + o.Substitutions, c.Deletions + o.Deletions, c.Insertions + o.Insertions}
}

// Count compares words heard with words said.
func Count(said, heard []string) Counts {
	c := Counts{Words: len(said)}
	for _, p := range Align(said, heard) {
		switch {
		case p.Heard < 0:
			c.Deletions++
		case p.Said < 0:
			c.Insertions++
		case said[p.Said] != heard[p.Heard]:
			c.Substitutions++
		}
	}
	return c
}

// Pair is a word said and the word heard for it, by their indexes; -1 means that there is none.
type Pair struct{ Said, Heard int }

// Align finds which word was heard for which, with the least errors. It takes memory for len(said)*len(heard) bytes.
func Align(said, heard []string) []Pair {
	moves := trace(said, heard)
	pairs := make([]Pair, 0, max(len(said), len(heard)))
	width := len(heard) + 1
	for i, j := len(said), len(heard); i > 0 || j > 0; {
		switch moves[i*width+j] {
		case both:
			i, j = i-1, j-1
			pairs = append(pairs, Pair{i, j})
		case missed:
			i--
			pairs = append(pairs, Pair{i, -1})
		default:
			j--
			pairs = append(pairs, Pair{-1, j})
		}
	}
	for i, j := 0, len(pairs)-1; i < j; i, j = i+1, j-1 {
		pairs[i], pairs[j] = pairs[j], pairs[i]
	}
	return pairs
}

// The last step of the best way to a place.
const (
	both byte = iota
	missed
	added
)

// trace gives the last step of the best way to each place, by Levenshtein's distance.
func trace(said, heard []string) []byte {
	width := len(heard) + 1
	moves := make([]byte, (len(said)+1)*width)
	cost := make([]int, width)
	for j := 1; j < width; j++ {
		cost[j], moves[j] = j, added
	}
	for i := 1; i <= len(said); i++ {
		diagonal := cost[0]
		cost[0], moves[i*width] = i, missed
		for j := 1; j < width; j++ {
			best, move := diagonal, both
			if said[i-1] != heard[j-1] {
				best++
			}
			if cost[j]+1 < best {
				best, move = cost[j]+1, missed
			}
			if cost[j-1]+1 < best {
				best, move = cost[j-1]+1, added
			}
			diagonal, cost[j] = cost[j], best
			moves[i*width+j] = move
		}
	}
	return moves
}
