// Command testsum reads the output of "go test -json", shows what failed, and closes with how many tests ran and why
// others were skipped. Its exit status is 1 when a test or a package failed, or when none ran.
//
//	go test -json ./... | go run ./internal/testsum
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// event is one line of test2json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// summary counts results and keeps the output of tests that did not pass.
type summary struct {
	passed, failed, skipped int
	output                  map[string][]string
	reasons                 map[string]int
	broken                  []string
	slow                    []event
}

func main() {
	s := summary{output: map[string][]string{}, reasons: map[string]int{}}
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			s.line(line, os.Stdout)
		}
		if err != nil {
			break
		}
	}
	if !s.print(os.Stdout) {
		os.Exit(1)
	}
}

func (s *summary) line(line []byte, out io.Writer) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		fmt.Fprintf(out, "%s", line) // compiler messages are no JSON
		return
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		s.output[key] = append(s.output[key], e.Output)
	case "pass":
		if e.Test != "" {
			s.passed++
		} else {
			s.slow = append(s.slow, e)
		}
		delete(s.output, key)
	case "skip":
		if e.Test != "" {
			s.skipped++
			s.reasons[reason(s.output[key])]++
		}
		delete(s.output, key)
	case "fail":
		if e.Test != "" {
			s.failed++
		} else {
			s.broken = append(s.broken, e.Package)
		}
		fmt.Fprintf(out, "%s", strings.Join(s.output[key], ""))
	case "build-fail":
		fmt.Fprintf(out, "%s", strings.Join(s.output[key], ""))
	}
}

// reason finds the message of a skip in the test's output.
func reason(output []string) string {
	for _, l := range slices.Backward(output) {
		if i := strings.Index(l, ".go:"); i >= 0 {
			if _, text, ok := strings.Cut(l[i:], ": "); ok {
				return strings.TrimSpace(text)
			}
		}
	}
	return "no reason given"
}

func (s *summary) print(out io.Writer) bool {
	slices.SortFunc(s.slow, func(a, b event) int { return int(1000 * (b.Elapsed - a.Elapsed)) })
	for _, e := range s.slow[:min(5, len(s.slow))] {
		fmt.Fprintf(out, "%6.1f s  %s\n", e.Elapsed, e.Package)
	}
	for r, n := range s.reasons {
		fmt.Fprintf(out, "skipped %d: %s\n", n, r)
	}
	for _, p := range s.broken {
		fmt.Fprintf(out, "FAIL %s\n", p)
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", s.passed, max(s.failed, len(s.broken)), s.skipped)
	return s.failed == 0 && len(s.broken) == 0 && s.passed > 0
}
