package oracle_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/asticode/go-astisub"
	"github.com/google/go-cmp/cmp"

	"github.com/dauys/dauys/subtitle/cue"
	"github.com/dauys/dauys/subtitle/formats/srt"
	"github.com/dauys/dauys/subtitle/formats/ttml"
	"github.com/dauys/dauys/subtitle/formats/vtt"
)

// TestOtherReaderFindsTheSameCues reads our files with go-astisub. Its traps are left out: it drops spaces at tags and mangles
// entities.
func TestOtherReaderFindsTheSameCues(t *testing.T) {
	ms := time.Millisecond
	want := []cue.Cue{
		{Start: 1200 * ms, End: 3050 * ms, Lines: []string{"Сәлеметсіз бе,", "достар!"}},
		{Start: 3050 * ms, End: 4999 * ms, Lines: []string{"Қазақстан — 2026"}},
		{Start: 2*time.Hour + 5*ms, End: 2*time.Hour + 2*time.Second, Lines: []string{"12"}},
	}
	for _, c := range []struct {
		name  string
		write func(io.Writer) error
		read  func(io.Reader) (*astisub.Subtitles, error)
	}{
		{"srt", func(w io.Writer) error { return srt.Write(w, want) }, astisub.ReadFromSRT},
		{"vtt", func(w io.Writer) error { return vtt.Write(w, want, vtt.Options{}) }, astisub.ReadFromWebVTT},
		{"ttml", func(w io.Writer) error { return ttml.Write(w, want, "kk") }, func(r io.Reader) (*astisub.Subtitles, error) {
			return astisub.ReadFromTTML(r)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := c.write(&b); err != nil {
				t.Fatal(err)
			}
			s, err := c.read(&b)
			if err != nil {
				t.Fatal(err)
			}
			var got []cue.Cue
			for _, item := range s.Items {
				g := cue.Cue{Start: item.StartAt, End: item.EndAt}
				for _, l := range item.Lines {
					g.Lines = append(g.Lines, strings.TrimSpace(l.String()))
				}
				got = append(got, g)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
