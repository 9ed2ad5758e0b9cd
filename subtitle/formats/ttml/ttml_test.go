package ttml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/cue"
)

var update = flag.Bool("update", false, "rewrite testdata from the code: our own text output")

func mustWrite(t *testing.T, c []cue.Cue, language string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, c, language); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func cues() []cue.Cue {
	ms := time.Millisecond
	return []cue.Cue{
		{Start: 1200 * ms, End: 3050 * ms, Lines: []string{"Сәлеметсіз бе,", "достар!"}},
		{Start: 3050 * ms, End: 4000 * ms, Lines: []string{`5 < 6 & "7" > ]]>`, " "}},
		{Start: 5 * time.Second, End: 6 * time.Second},
	}
}

func TestWriteGivesTheGoldenFile(t *testing.T) {
	const file = "testdata/three.kk.ttml"
	got := mustWrite(t, cues(), "kk")
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

// document is what a reader of TTML needs.
type document struct {
	Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	P    []struct {
		Begin string   `xml:"begin,attr"`
		End   string   `xml:"end,attr"`
		Span  []string `xml:"span"`
	} `xml:"body>div>p"`
}

func TestReaderFindsTheTextAgain(t *testing.T) {
	nasty := []string{"a\x00\x01\x1f b", "]]> <!-- &#0; \uFFFE \xff", "tab\there\nline"}
	var d document
	if err := xml.Unmarshal(mustWrite(t, append(cues(), cue.Cue{Lines: nasty}), "ru-KZ"), &d); err != nil {
		t.Fatal(err)
	}
	if d.Lang != "ru-KZ" || len(d.P) != 3 || d.P[0].Begin != "00:00:01.200" || d.P[0].End != "00:00:03.050" {
		t.Fatalf("%+v", d)
	}
	want := []string{"a\uFFFD\uFFFD\uFFFD b", "]]> <!-- &#0; \uFFFD \uFFFD", "tab here line"}
	if diff := cmp.Diff(want, d.P[2].Span); diff != "" {
		t.Error(diff)
	}
}

func TestFileIsWellFormed(t *testing.T) {
	d := xml.NewDecoder(bytes.NewReader(mustWrite(t, cues(), "")))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnknownLanguageIsUndetermined(t *testing.T) {
	for _, language := range []string{"", "auto"} {
		if got := string(mustWrite(t, nil, language)); !strings.Contains(got, `xml:lang="und"`) {
			t.Errorf("%q: %s", language, got)
		}
	}
	if err := Write(io.Discard, nil, `kk" onload="`); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no tag: %v", err)
	}
}
