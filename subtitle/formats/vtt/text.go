package vtt

import (
	"fmt"
	"strings"
	"time"

	"github.com/dauys/dauys/subtitle/formats/timecode"
)

// times reads the line of a cue's times; settings follow the second one.
func times(line string) (start, end time.Duration, err error) {
	left, right, _ := strings.Cut(line, arrow)
	if fields := strings.Fields(right); len(fields) > 0 {
		right = fields[0]
		for _, setting := range fields[1:] {
			if name, value, ok := strings.Cut(setting, ":"); !ok || name == "" || value == "" {
				return 0, 0, fmt.Errorf("%.20q is no cue setting, such as align:start", setting)
			}
		}
	}
	if start, err = timecode.Parse(strings.TrimSpace(left), '.', true); err != nil {
		return 0, 0, err
	}
	if end, err = timecode.Parse(right, '.', true); err != nil {
		return 0, 0, err
	}
	if end < start {
		return 0, 0, fmt.Errorf("the cue ends before it begins")
	}
	return start, end, nil
}

// references are the character references that the specification has for writers (section 4.2.2).
var references = map[string]string{"amp": "&", "lt": "<", "gt": ">", "nbsp": "\u00a0", "lrm": "\u200e", "rlm": "\u200f"}

// plain takes the tags off a line of cue text and resolves its character references.
func plain(line string) (string, error) {
	var b strings.Builder
	for line != "" {
		i := strings.IndexAny(line, "&<")
		if i < 0 {
			b.WriteString(line)
			break
		}
		b.WriteString(line[:i])
		mark, rest := line[i], line[i+1:]
		closing := map[byte]string{'<': ">", '&': ";"}[mark]
		name, after, ok := strings.Cut(rest, closing)
		switch {
		case mark == '<' && !ok:
			return "", fmt.Errorf("tag %.20q is not closed: write &lt; for <", line[i:])
		case mark == '&' && (!ok || references[name] == ""):
			return "", fmt.Errorf("%.20q is no character reference: write &amp; for &", line[i:])
		case mark == '&':
			b.WriteString(references[name])
		}
		line = after
	}
	return b.String(), nil
}
