// Package script runs policy scripts: audio time and hypotheses in, events out, readable by a subtitler. The language is
// specified in subtitle/policy/testdata/README.md; anything that hears hypotheses can be put through the scripts.
package script

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/policy"
)

// Run plays the script through a new policy and compares what it says with what the script expects. The error names the
// line.
func Run(r io.Reader) error {
	var m machine
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fields, err := split(lines.Text())
		if err == nil && len(fields) > 0 {
			err = m.line(fields)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if err := m.settled(); err != nil {
		return fmt.Errorf("end of script: %w", err)
	}
	if m.policy == nil {
		return fmt.Errorf("end of script: no policy line")
	}
	return nil
}

// machine is the state of a run.
type machine struct {
	policy  *policy.Policy
	commits bool          // commits are expected, too
	now     time.Duration // of the last input
	border  time.Duration // last commit
	said    []string      // what the policy answered and no line has expected yet, in the form of a script line
}

func (m *machine) line(f []string) error {
	if f[0] == "policy" {
		return m.configure(f[1:])
	}
	if m.policy == nil {
		return fmt.Errorf("the first line must be: policy agreement|alignatt")
	}
	at, err := seconds(f[0])
	if err != nil {
		return err
	}
	if len(f) < 2 {
		return fmt.Errorf("%s: what happens then? hyp, endpoint, end, event or commit", f[0])
	}
	switch f[1] {
	case "event", "commit":
		return m.expect(at, strings.Join(f[1:], " "))
	case "hyp", "endpoint", "end":
		if err := m.settled(); err != nil {
			return err
		}
		if at < m.now {
			return fmt.Errorf("%s is before %s: time only goes on", f[0], m.now)
		}
		m.now = at
		return m.input(f[1], f[2:])
	}
	return fmt.Errorf("%q is none of hyp, endpoint, end, event, commit", f[1])
}

func (m *machine) input(kind string, args []string) error {
	if kind == "end" {
		m.answer(m.policy.Flush())
		return nil
	}
	h, err := hypothesis(m.border, m.now, args)
	if err != nil {
		return err
	}
	h.Endpoint = kind == "endpoint"
	m.answer(m.policy.Hear(h))
	return nil
}

func (m *machine) answer(d policy.Decision) {
	for _, u := range d.Updates {
		m.said = append(m.said, Line(u))
	}
	if d.Commit == nil {
		return
	}
	m.border = d.Commit.At
	if m.commits {
		m.said = append(m.said, fmt.Sprintf("commit at=%s %q", text(d.Commit.At), join(d.Commit.Words)))
	}
}

func (m *machine) expect(at time.Duration, want string) error {
	if at != m.now {
		return fmt.Errorf("expected at %s, but the last input was at %s", text(at), text(m.now))
	}
	if len(m.said) == 0 {
		return fmt.Errorf("missing: %s", want)
	}
	got := m.said[0]
	m.said = m.said[1:]
	if got != want {
		return fmt.Errorf("\n got: %s\nwant: %s", got, want)
	}
	return nil
}

func (m *machine) settled() error {
	if len(m.said) > 0 {
		return fmt.Errorf("not expected at %s:\n\t%s", text(m.now), strings.Join(m.said, "\n\t"))
	}
	return nil
}

// Line writes an update as a script expects it: event seg=1 rev=2 partial "stable words | grey words".
func Line(u policy.Update) string {
	head := fmt.Sprintf("event seg=%d rev=%d ", u.Segment, u.Revision)
	switch {
	case u.Retract:
		return head + "retract"
	case u.Final:
		return head + fmt.Sprintf("final %q", join(u.Words))
	case u.Stable == len(u.Words):
		return head + fmt.Sprintf("partial %q", join(u.Words)+" |")
	}
	return head + fmt.Sprintf("partial %q", strings.TrimSpace(join(u.Words[:u.Stable])+" | "+join(u.Words[u.Stable:])))
}

func join(words []subtitle.Word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	return strings.Join(texts, " ")
}
