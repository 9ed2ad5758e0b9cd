package srt

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/cue"
)

var update = flag.Bool("update", false, "rewrite testdata from the code: our own text output")

func cues() []cue.Cue {
	ms := time.Millisecond
	return []cue.Cue{
		{Start: 1200 * ms, End: 3050 * ms, Lines: []string{"Сәлеметсіз бе,", "достар!"}},
		{Start: 3050 * ms, End: 4000 * ms, Lines: []string{"5 < 6 & <i>7</i>"}},
		{Start: 25*time.Hour + 1*ms, End: 25*time.Hour + 2*time.Second, Lines: []string{"2"}},
	}
}

func mustWrite(t *testing.T, c []cue.Cue) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteGivesTheGoldenFile(t *testing.T) {
	const file = "testdata/three.cues.srt"
	got := mustWrite(t, cues())
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestParseGivesBackWhatWasWritten(t *testing.T) {
	got, err := Parse(mustWrite(t, cues()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cues(), got); diff != "" {
		t.Error(diff)
	}
}

func TestTextCannotBreakTheFile(t *testing.T) {
	c := []cue.Cue{{Lines: []string{"a\n\n2\n00:00:00,000 --> 00:00:01,000\nb", "", " \t", "c\x00\xff"}}, {Lines: []string{""}}, {Lines: []string{"d"}}}
	got, err := Parse(mustWrite(t, c))
	if err != nil {
		t.Fatal(err)
	}
	want := []cue.Cue{{Lines: []string{"a  2 00:00:00,000 → 00:00:01,000 b", "c \uFFFD"}}, {Lines: []string{"d"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParse(t *testing.T) {
	const good = "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:02,000 --> 00:00:03,000\nb\n"
	for _, c := range []struct{ name, in, err string }{
		{"good", good, ""},
		{"empty file", "", ""},
		{"byte order mark and CRLF", "\uFEFF" + strings.ReplaceAll(good, "\n", "\r\n"), ""},
		{"number missing", strings.Replace(good, "2\n00", "00", 1), "line 5"},
		{"numbers do not count", strings.Replace(good, "\n2\n", "\n3\n", 1), "cue number 2"},
		{"no times", "1\nhello\n", "no times"},
		{"full stop for the comma", strings.Replace(good, "01,000", "01.000", 1), "is no time"},
		{"ends before it begins", strings.Replace(good, "00:00:02,000\na", "00:00:00,500\na", 1), "before it begins"},
		{"position after the times", strings.Replace(good, "02,000\na", "02,000 X1:5\na", 1), "is no time"},
		{"not UTF-8", good + "\xff", "not UTF-8"},
		{"a binary", "\x00\x01\x02", "cue number 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.in))
			if (c.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("kind %v", fault.KindOf(err))
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	var b bytes.Buffer
	if err := Write(&b, cues()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("1\r\n00:00:01,000 --> 00:00:02,000\r\na\r\nb\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := Parse(data)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Write(&b, first); err != nil {
			t.Fatal(err)
		}
		second, err := Parse(b.Bytes())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%q", err, b.String())
		}
		if len(second) > len(first) {
			t.Fatalf("%d cues became %d", len(first), len(second))
		}
	})
}
