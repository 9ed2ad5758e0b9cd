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

func mustWrite(t *testing.T, c []cue.Cue, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, c, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteGivesTheGoldenFile(t *testing.T) {
	for file, o := range map[string]Options{
		"testdata/three.plain.vtt": {}, "testdata/three.hls.vtt": {HLS: true, MPEGTS: 900000},
	} {
		got := mustWrite(t, cues(), o)
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
	for _, o := range []Options{{}, {HLS: true}} {
		got, err := Parse(mustWrite(t, cues(), o))
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
	got, err := Parse(mustWrite(t, c, Options{}))
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
	for _, o := range []Options{{}, {HLS: true}} {
		var b bytes.Buffer
		if err := Write(&b, cues(), o); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte("WEBVTT\n\nNOTE x\n\nid\n00:01.000 --> 00:02.000 align:start\n<v A>a&nbsp;b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := Parse(data)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Write(&b, first, Options{}); err != nil {
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
