package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/policy"
)

// split cuts a line into fields; a quoted text is one field, with its quotes; # begins a comment.
func split(line string) ([]string, error) {
	var fields []string
	for rest := strings.TrimSpace(line); rest != "" && rest[0] != '#'; rest = strings.TrimSpace(rest) {
		end := strings.IndexAny(rest, " \t")
		if rest[0] == '"' {
			q, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, fmt.Errorf("unclosed quote: %s", rest)
			}
			end = len(q)
		}
		if end < 0 {
			end = len(rest)
		}
		fields = append(fields, rest[:end])
		rest = rest[end:]
	}
	return fields, nil
}

// seconds reads 1.25s.
func seconds(s string) (time.Duration, error) {
	number, ok := strings.CutSuffix(s, "s")
	v, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || v < 0 || v > 1e6 {
		return 0, fmt.Errorf("%q is no time: write seconds, such as 1.25s", s)
	}
	return time.Duration(v * float64(time.Second)).Round(time.Millisecond), nil
}

func text(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s" }

func (m *machine) configure(args []string) error {
	if m.policy != nil || len(args) == 0 {
		return fmt.Errorf("one policy line, with the name of a policy: policy agreement|alignatt")
	}
	c := policy.Config{Agreement: policy.Agreement(args[0]), Edge: -1} // no edge unless the script gives one
	if c.Agreement == policy.LocalAgreement {
		c.Margin = -1 // nor a margin
	}
	times := map[string]*time.Duration{
		"margin": &c.Margin, "span": &c.Span, "pause": &c.Pause,
		"shortest": &c.Shortest, "force": &c.Force, "edge": &c.Edge,
	}
	numbers := map[string]*int{"lines": &c.Lines, "width": &c.Width}
	flags := map[string]*bool{"finals": &c.FinalOnly, "commits": &m.commits}
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		var err error
		switch {
		case times[key] != nil:
			*times[key], err = seconds(value)
		case numbers[key] != nil:
			*numbers[key], err = strconv.Atoi(value)
		case flags[key] != nil && value == "yes":
			*flags[key] = true
		default:
			err = fmt.Errorf("%q is no setting of a policy", arg)
		}
		if err != nil {
			return err
		}
	}
	var err error
	m.policy, err = policy.New(c, 1)
	return err
}

// hypothesis reads the arguments of hyp and endpoint: options, then the words.
func hypothesis(border, through time.Duration, args []string) (subtitle.Hypothesis, error) {
	h := subtitle.Hypothesis{From: border, Through: through, Speech: true}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		var err error
		switch {
		case arg[0] == '"':
			h.Words, err = words(h.From, arg)
		case key == "from":
			h.From, err = seconds(value)
		case key == "lang":
			h.Language = value
		case arg == "loop":
			h.Loop = true
		default:
			err = fmt.Errorf("%q is no part of a hypothesis: from=TIME, lang=kk, loop or words in quotes", arg)
		}
		if err != nil {
			return h, err
		}
	}
	return h, nil
}

// wordLength is how long a word without times lasts.
const wordLength = 300 * time.Millisecond

func words(from time.Duration, quoted string) ([]subtitle.Word, error) {
	s, err := strconv.Unquote(quoted)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quoted, err)
	}
	var out []subtitle.Word
	at := from
	for field := range strings.FieldsSeq(s) {
		w := subtitle.Word{Text: field, Start: at, End: at + wordLength, Confidence: 1}
		if i := strings.LastIndexByte(field, '@'); i > 0 {
			start, end, _ := strings.Cut(field[i+1:], "-")
			w.Text = field[:i]
			if w.Start, err = seconds(start + "s"); err != nil {
				return nil, err
			}
			if w.End, err = seconds(end + "s"); err != nil {
				return nil, err
			}
		}
		at = w.End
		out = append(out, w)
	}
	return out, nil
}
