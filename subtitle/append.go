package subtitle

import "fmt"

// CheckAppend tells whether events may follow last in a log: each is numbered one more than the one before it.
func CheckAppend(last int64, events []Event) error {
	for i, e := range events {
		if want := last + 1 + int64(i); e.Seq != want {
			return fmt.Errorf("event %d of an append has seq %d: it must be %d", i, e.Seq, want)
		}
	}
	return nil
}
