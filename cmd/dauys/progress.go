package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress draws one line on a terminal; elsewhere it prints a line at each quarter.
type progress struct {
	w        io.Writer
	terminal bool
	unit     string // "bytes" or "time"
	what     string
	quarter  int64
	drawn    bool
}

func newProgress(w io.Writer, unit string) *progress {
	return &progress{w: w, unit: unit, terminal: isTerminal(w)}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

// report shows that done of total is there.
func (p *progress) report(what string, done, total int64) {
	if total <= 0 {
		return
	}
	if what != p.what {
		p.finish()
		p.what, p.quarter = what, -1
	}
	if p.terminal {
		const width = 30
		fill := int(done * width / total)
		fmt.Fprintf(p.w, "\r\x1b[K%s [%s%s] %3d%% of %s", what, strings.Repeat("#", fill), strings.Repeat(".", width-fill), done*100/total, p.amount(total))
		p.drawn = true
		return
	}
	if q := done * 4 / total; q > p.quarter {
		p.quarter = q
		fmt.Fprintf(p.w, "%s: %d%% of %s\n", what, done*100/total, p.amount(total))
	}
}

// finish ends the line.
func (p *progress) finish() {
	if p.drawn {
		fmt.Fprintln(p.w)
		p.drawn = false
	}
}

func (p *progress) amount(n int64) string {
	if p.unit == "bytes" {
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return time.Duration(n).Round(time.Second).String()
}
