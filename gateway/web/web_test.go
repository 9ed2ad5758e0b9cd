package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dauys/dauys/internal/shared"
)

func TestBuiltPageIsEmbedded(t *testing.T) {
	for _, name := range []string{"index.html", "icon.svg", "assets/index.js", "assets/index.css", "assets/capture.worklet.js"} {
		if st, err := fs.Stat(Files(), name); err != nil || st.Size() == 0 {
			t.Errorf("%s: %v (run make web)", name, err)
		}
	}
}

func TestPageLoadsNothingFromElsewhere(t *testing.T) {
	html, err := fs.ReadFile(Files(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?:src|href)="(?:https?:)?//`).Find(html); m != nil {
		t.Errorf("index.html loads %s", m)
	}
}

// TestEventFieldsMatchTheFormat compares the interface that the page reads with the table in docs/format/events.md.
func TestEventFieldsMatchTheFormat(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(shared.Root(), "docs/format/events.md"))
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile("src/events/event.ts")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, line := range strings.Split(string(doc), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.HasPrefix(cells[1], " `") || strings.Contains(cells[2], "---") {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[1], -1) {
			if len(cells) == 6 {
				want = append(want, m[1])
			}
		}
	}
	body, _, _ := strings.Cut(string(src[strings.Index(string(src), "interface WireEvent"):]), "\n}")
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z_]+)\??:`).FindAllStringSubmatch(body, -1) {
		got = append(got, m[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 10 || !slices.Equal(got, want) {
		t.Errorf("event.ts has %v\nevents.md has %v", got, want)
	}
}
