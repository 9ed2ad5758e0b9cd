package asr

import (
	"fmt"
	"io"
)

// Print writes one line a program; each after the first tells how much faster the first is than it.
func Print(w io.Writer, all ...*Result) error {
	for i, r := range all {
		ratio := ""
		if i > 0 && all[0].RTF() > 0 {
			ratio = fmt.Sprintf("  %s is %.2f times as fast", all[0].Program, r.RTF()/all[0].RTF())
		}
		if _, err := fmt.Fprintf(w, "%s%s\n", r, ratio); err != nil {
			return err
		}
	}
	return nil
}
