package vtt

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
		{Start: 3050 * ms, End: 4000 * ms, Lines: []string{"5 < 6 & <i>7</i> --> 8 &amp;"}},
		{Start: 25 * time.Hour, End: 25*time.Hour + 2*time.Second, Lines: []string{"NOTE", "WEBVTT"}},
	}
}

func mustWrite(t testing.TB, c []cue.Cue) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustWriteSegment(t testing.TB, c []cue.Cue) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSegment(&b, c, 900000); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteGivesTheGoldenFile(t *testing.T) {
	for file, got := range map[string][]byte{
		"testdata/three.plain.vtt": mustWrite(t, cues()), "testdata/three.hls.vtt": mustWriteSegment(t, cues()),
	} {
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
}

func TestParseGivesBackWhatWasWritten(t *testing.T) {
	for _, file := range [][]byte{mustWrite(t, cues()), mustWriteSegment(t, cues())} {
		got, err := Parse(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(cues(), got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTextCannotBreakTheFile(t *testing.T) {
	c := []cue.Cue{{Lines: []string{"a\n\n00:00.000 --> 00:01.000\nb", "", "c\x00\xff\r"}}, {Lines: []string{" "}}}
	got, err := Parse(mustWrite(t, c))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]cue.Cue{{Lines: []string{"a  00:00.000 --> 00:01.000 b", "c \uFFFD"}}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestParse(t *testing.T) {
	const good = "WEBVTT\n\n00:01.000 --> 00:02.000\na\n"
	for _, c := range []struct{ name, in, err string }{
		{"good", good, ""},
		{"header only", "WEBVTT", ""},
		{"title, byte order mark, CR", "\uFEFF" + strings.ReplaceAll(strings.Replace(good, "WEBVTT", "WEBVTT - news", 1), "\n", "\r"), ""},
		{"notes, styles, regions", "WEBVTT\n\nNOTE a\nb\n\nSTYLE\n::cue{}\n\nREGION\nid:r" + good[6:], ""},
		{"identifier and settings", "WEBVTT\n\nintro\n00:01.000 --> 00:02.000 align:start line:0\na\n", ""},
		{"tags", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>a <00:01.500><i.x>b</i>&nbsp;c\n", ""},
		{"empty file", "", "where WEBVTT belongs"},
		{"SRT", "1\n00:00:01,000 --> 00:00:02,000\na\n", "where WEBVTT belongs"},
		{"WEBVTTX", "WEBVTTX\n", "where WEBVTT belongs"},
		{"no line after the header", "WEBVTT\n00:01.000 --> 00:02.000\na\n", "empty line is missing"},
		{"comma", "WEBVTT\n\n00:01,000 --> 00:02,000\na\n", "line 3"},
		{"text without times", "WEBVTT\n\nhello\nworld\n", "no times"},
		{"ends before it begins", "WEBVTT\n\n00:03.000 --> 00:02.000\na\n", "before it begins"},
		{"broken setting", "WEBVTT\n\n00:01.000 --> 00:02.000 align\na\n", "no cue setting"},
		{"open tag", "WEBVTT\n\n00:01.000 --> 00:02.000\na < b\n", "&lt;"},
		{"bare ampersand", "WEBVTT\n\n00:01.000 --> 00:02.000\na & b\n", "&amp;"},
		{"not UTF-8", good + "\xff", "not UTF-8"},
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
	f.Add(mustWrite(f, cues()))
	f.Add(mustWriteSegment(f, cues()))
	f.Add([]byte("WEBVTT\n\nNOTE x\n\nid\n00:01.000 --> 00:02.000 align:start\n<v A>a&nbsp;b\n"))
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
