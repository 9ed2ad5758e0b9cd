// Package srt writes and reads SubRip files:
//
//	1
//	00:00:01,200 --> 00:00:03,050
//	Сәлеметсіз бе,
//	достар!
//
//	2
//	...
//
// The format has no escapes. What a text may not hold is written otherwise: line ends and control characters become
// spaces, empty lines are left out (they would end the cue), and "-->" becomes "→".
package srt

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/cue"
	"github.com/dauys/dauys/subtitle/formats/timecode"
)

// MaxBytes is the largest file that [Parse] looks at: 100 hours of speech are a tenth of it.
const MaxBytes = 64 << 20

const arrow = " --> "

// Write writes cues, in UTF-8 without a byte order mark.
func Write(w io.Writer, cues []cue.Cue) error {
	b := bufio.NewWriter(w)
	n := 0
	for _, c := range cues {
		lines := clean(c.Lines)
		if len(lines) == 0 {
			continue
		}
		if n++; n > 1 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "%d\n%s%s%s\n%s\n", n, timecode.Format(c.Start, ','), arrow, timecode.Format(c.End, ','), strings.Join(lines, "\n"))
	}
	return fault.E("srt.Write", fault.Other, b.Flush())
}

func clean(lines []string) []string {
	var out []string
	for _, l := range lines {
		l = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
				return ' '
			}
			return r
		}, strings.ToValidUTF8(l, "\uFFFD"))
		if l = strings.TrimSpace(strings.ReplaceAll(l, "-->", "→")); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// Parse reads a file strictly: numbers from 1 upwards, times in order, no text outside of cues. A byte order mark and CRLF
// are accepted. The error names the line.
func Parse(data []byte) ([]cue.Cue, error) {
	const op fault.Op = "srt.Parse"
	if len(data) > MaxBytes {
		return nil, fault.Errorf(op, fault.Invalid, "SRT file of %d MiB: the limit is %d", len(data)>>20, MaxBytes>>20)
	}
	if !utf8.Valid(data) {
		return nil, fault.Errorf(op, fault.Invalid, "SRT file is not UTF-8")
	}
	p := parser{lines: strings.Split(strings.ReplaceAll(string(bytes.TrimPrefix(data, []byte("\uFEFF"))), "\r\n", "\n"), "\n")}
	var cues []cue.Cue
	for p.skipEmpty() {
		c, err := p.cue(len(cues) + 1)
		if err != nil {
			return nil, fault.Errorf(op, fault.Invalid, "SRT line %d: %w", p.at+1, err)
		}
		cues = append(cues, c)
	}
	return cues, nil
}

type parser struct {
	lines []string
	at    int
}

// line is the present line, empty behind the last one.
func (p *parser) line() string {
	if p.at < len(p.lines) {
		return p.lines[p.at]
	}
	return ""
}

// skipEmpty tells whether there is another line that is not empty.
func (p *parser) skipEmpty() bool {
	for p.at < len(p.lines) && strings.TrimSpace(p.lines[p.at]) == "" {
		p.at++
	}
	return p.at < len(p.lines)
}

func (p *parser) cue(number int) (c cue.Cue, err error) {
	if got := p.line(); got != strconv.Itoa(number) {
		return c, fmt.Errorf("%.20q where cue number %d belongs", got, number)
	}
	p.at++
	start, end, ok := strings.Cut(p.line(), arrow)
	if !ok {
		return c, fmt.Errorf("no times, such as 00:00:01,000 --> 00:00:02,000")
	}
	if c.Start, err = timecode.Parse(start, ',', false); err != nil {
		return c, err
	}
	if c.End, err = timecode.Parse(end, ',', false); err != nil {
		return c, err
	}
	if c.End < c.Start {
		return c, fmt.Errorf("the cue ends before it begins")
	}
	for p.at++; strings.TrimSpace(p.line()) != ""; p.at++ {
		c.Lines = append(c.Lines, strings.TrimSpace(p.line()))
	}
	return c, nil
}
