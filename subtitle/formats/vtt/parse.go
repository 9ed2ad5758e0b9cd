package vtt

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/cue"
)

// MaxBytes is the largest file that [Parse] looks at.
const MaxBytes = 64 << 20

// Parse reads a file strictly: what the specification lets a player skip is an error here, which names the line. Comments, styles,
// regions, cue identifiers and settings are passed over; of a cue's text the tags are taken off and the character references
// resolved.
func Parse(data []byte) ([]cue.Cue, error) {
	const op fault.Op = "vtt.Parse"
	if len(data) > MaxBytes {
		return nil, fault.Errorf(op, fault.Invalid, "WebVTT file of %d MiB: the limit is %d", len(data)>>20, MaxBytes>>20)
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fault.Errorf(op, fault.Invalid, "WebVTT file is not UTF-8 text")
	}
	text := strings.ReplaceAll(string(bytes.TrimPrefix(data, []byte("\uFEFF"))), "\r\n", "\n")
	p := parser{lines: strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")}
	cues, err := p.file()
	if err != nil {
		return nil, fault.Errorf(op, fault.Invalid, "WebVTT line %d: %w", p.at+1, err)
	}
	return cues, nil
}

type parser struct {
	lines []string
	at    int
}

func (p *parser) more() bool { return p.at < len(p.lines) }

func (p *parser) file() ([]cue.Cue, error) {
	head := p.lines[0]
	if rest, ok := strings.CutPrefix(head, "WEBVTT"); !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return nil, fmt.Errorf("%.20q where WEBVTT belongs", head)
	}
	for p.at++; p.more() && p.lines[p.at] != ""; p.at++ {
		if strings.Contains(p.lines[p.at], arrow) {
			return nil, fmt.Errorf("an empty line is missing after the header")
		}
	}
	var cues []cue.Cue
	for {
		for p.more() && p.lines[p.at] == "" {
			p.at++
		}
		if !p.more() {
			return cues, nil
		}
		c, ok, err := p.block()
		if err != nil {
			return nil, err
		}
		if ok {
			cues = append(cues, c)
		}
	}
}

// block reads one block of lines up to an empty one; ok tells that it is a cue.
func (p *parser) block() (c cue.Cue, ok bool, err error) {
	first, _, _ := strings.Cut(p.lines[p.at], " ")
	first, _, _ = strings.Cut(first, "\t")
	if !strings.Contains(p.lines[p.at], arrow) && (first == "NOTE" || first == "STYLE" || first == "REGION") {
		for p.more() && p.lines[p.at] != "" {
			p.at++
		}
		return c, false, nil
	}
	if !strings.Contains(p.lines[p.at], arrow) { // an identifier
		if p.at++; !p.more() || !strings.Contains(p.lines[p.at], arrow) {
			p.at = min(p.at, len(p.lines)-1)
			return c, false, fmt.Errorf("no times, such as 00:01.000 --> 00:02.000")
		}
	}
	if c.Start, c.End, err = times(p.lines[p.at]); err != nil {
		return c, false, err
	}
	for p.at++; p.more() && p.lines[p.at] != ""; p.at++ {
		line, err := plain(p.lines[p.at])
		if err != nil {
			return c, false, err
		}
		if line = strings.TrimSpace(line); line != "" {
			c.Lines = append(c.Lines, line)
		}
	}
	return c, true, nil
}
