// Package vtt writes and reads WebVTT files (W3C WebVTT: The Web Video Text Tracks Format, section 4):
//
//	WEBVTT
//	X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000     in HLS segments only
//
//	00:00:01.200 --> 00:00:03.050
//	Сәлеметсіз бе,
//	5 &lt; 6 &amp; достар!
//
// &, < and > are escaped, so that no text is taken for a tag or an arrow. Line ends and control characters become spaces,
// empty lines are left out.
package vtt

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/cue"
	"github.com/dauys/dauys/subtitle/formats/timecode"
)

const arrow = "-->"

// Options of a file. The zero value is a plain file.
type Options struct {
	// HLS begins the file with X-TIMESTAMP-MAP (RFC 8216, section 3.5): MPEGTS is the 90 kHz clock at local time 0.
	HLS    bool
	MPEGTS uint64
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Write writes cues.
func Write(w io.Writer, cues []cue.Cue, o Options) error {
	b := bufio.NewWriter(w)
	b.WriteString("WEBVTT\n")
	if o.HLS {
		fmt.Fprintf(b, "X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:%d\n", o.MPEGTS)
	}
	for _, c := range cues {
		if lines := clean(c.Lines); len(lines) > 0 {
			fmt.Fprintf(b, "\n%s %s %s\n%s\n", timecode.Format(c.Start, '.'), arrow, timecode.Format(c.End, '.'), strings.Join(lines, "\n"))
		}
	}
	return fault.E("vtt.Write", fault.Other, b.Flush())
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
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, escaper.Replace(l))
		}
	}
	return out
}
