package cue

import (
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/phrase"
)

// word is a word with its length in characters.
type word struct {
	text       string
	n          int
	start, end time.Duration
	last       bool // of its segment
	glued      bool // to the next one: a part of a word longer than a line
}

// flatten gives the words of all segments, times in order. What is longer than a line is cut.
func flatten(segments []Segment, width int) []word {
	var out []word
	at := time.Duration(0)
	for _, s := range segments {
		words := s.Words
		if len(words) == 0 {
			words = guess(s)
		}
		for _, w := range words {
			at = max(at, w.Start)
			end := max(at, w.End)
			for text := range strings.FieldsSeq(w.Text) {
				for part, rest := split(text, width); part != ""; part, rest = split(rest, width) {
					out = append(out, word{text: part, n: utf8.RuneCountInString(part), start: at, end: end, glued: rest != ""})
				}
			}
		}
		if len(out) > 0 {
			out[len(out)-1].last = true
		}
	}
	return out
}

// guess spreads the words of a segment over its time by their lengths.
func guess(s Segment) []subtitle.Word {
	fields := strings.Fields(s.Text)
	total := 0
	for _, f := range fields {
		total += utf8.RuneCountInString(f) + 1
	}
	words := make([]subtitle.Word, len(fields))
	span, done := s.End-s.Start, 0
	for i, f := range fields {
		start := s.Start + span*time.Duration(done)/time.Duration(total)
		done += utf8.RuneCountInString(f) + 1
		words[i] = subtitle.Word{Text: f, Start: start, End: s.Start + span*time.Duration(done)/time.Duration(total)}
	}
	return words
}

// split takes at most width characters off s; marks stay with the letter in front of them.
func split(s string, width int) (part, rest string) {
	n := 0
	for i, r := range s {
		if n >= width && !unicode.IsMark(r) {
			return s[:i], s[i:]
		}
		n++
	}
	return s, ""
}

// price of a break by its quality. A cue costs 1, so that a cue more is better than a break inside a name, and as good as
// one between ordinary words.
var price = [...]float64{phrase.Forbidden: 8, phrase.Poor: 4, phrase.Plain: 2, phrase.Good: 1, phrase.Clause: 0.4, phrase.Sentence: 0}

func breakPrice(words []word, i int) float64 {
	w, next := words[i-1], ""
	if w.glued {
		return price[phrase.Forbidden]
	}
	if w.last {
		return price[phrase.Sentence]
	}
	if i < len(words) {
		next = words[i].text
	}
	return price[phrase.Break(w.text, next)]
}

// partition gives the ends of the cues: the cheapest cut of words.
func (o Options) partition(words []word) []int {
	cost := make([]float64, len(words)+1) // of words[:i]
	from := make([]int, len(words)+1)     // where the last cue of that begins
	for to := 1; to <= len(words); to++ {
		cost[to] = math.Inf(1)
		for i := to - 1; i >= 0; i-- {
			c, fits := o.cueCost(words, i, to)
			if !fits && i < to-1 {
				break
			}
			if c += cost[i]; c < cost[to] {
				cost[to], from[to] = c, i
			}
		}
	}
	var ends []int
	for to := len(words); to > 0; to = from[to] {
		ends = append(ends, to)
	}
	for i, j := 0, len(ends)-1; i < j; i, j = i+1, j-1 {
		ends[i], ends[j] = ends[j], ends[i]
	}
	return ends
}

// cueCost rates the cue words[from:to]; fits is false when it cannot be one, nor any that begins earlier.
func (o Options) cueCost(words []word, from, to int) (cost float64, fits bool) {
	n := textLength(words[from:to])
	start := words[from].start
	if n > o.Width*o.Lines || words[to-1].end-start > o.Most || to-from > 1 && words[from+1].start-words[from].end >= o.Silence {
		return 100, false
	}
	if o.lines(words[from:to]) == nil {
		return 100, true // a word more in front may make another layout fit, but is not likely to
	}
	cost = 1 + breakPrice(words, to)
	room := o.Most
	if to < len(words) {
		room = min(room, words[to].start-start)
	}
	if room < o.Least {
		cost += 3
	}
	if fast := float64(n)/(o.CPS*max(room.Seconds(), 0.05)) - 1; fast > 0 {
		cost += min(4*fast, 8)
	}
	for i := from + 1; i < to; i++ {
		if words[i-1].last || phrase.EndsSentence(words[i-1].text, words[i].text) {
			cost += 0.5 // two sentences in one cue
		}
	}
	return cost, true
}

func textLength(words []word) int {
	n := 0
	for i, w := range words {
		n += w.n
		if i > 0 && !words[i-1].glued {
			n++
		}
	}
	return n
}

// layout gives the lines of a cue.
func (o Options) layout(words []word) []string {
	var lines []string
	from := 0
	for _, to := range o.lines(words) {
		var b strings.Builder
		for i, w := range words[from:to] {
			if i > 0 && !words[from+i-1].glued {
				b.WriteByte(' ')
			}
			b.WriteString(w.text)
		}
		lines = append(lines, b.String())
		from = to
	}
	return lines
}

// lines gives the ends of the lines of a cue: as few lines as possible, at good places, of equal lengths. nil when they do
// not fit.
func (o Options) lines(words []word) []int {
	for n := 1; n <= o.Lines; n++ {
		if ends, cost := o.breakLines(words, 0, n); !math.IsInf(cost, 1) {
			return ends
		}
	}
	return nil
}

// breakLines cuts words[from:] into n lines.
func (o Options) breakLines(words []word, from, n int) ([]int, float64) {
	if n == 1 {
		if textLength(words[from:]) > o.Width {
			return nil, math.Inf(1)
		}
		return []int{len(words)}, 0
	}
	even := float64(textLength(words[from:])) / float64(n)
	var best []int
	bestCost := math.Inf(1)
	for to := from + 1; to < len(words); to++ {
		length := textLength(words[from:to])
		if length > o.Width {
			break
		}
		rest, cost := o.breakLines(words, to, n-1)
		cost += breakPrice(words, to) + 3*math.Abs(float64(length)-even)/float64(o.Width)
		if cost < bestCost {
			best, bestCost = append([]int{to}, rest...), cost
		}
	}
	return best, bestCost
}

func chars(lines []string) int {
	n := max(0, len(lines)-1)
	for _, l := range lines {
		n += utf8.RuneCountInString(l)
	}
	return n
}
