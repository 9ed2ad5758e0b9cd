// Package captions names the kinds of subtitle file that can be downloaded, with their media types and writers.
package captions

import (
	"io"

	"github.com/dauys/dauys/subtitle/cue"
	"github.com/dauys/dauys/subtitle/formats/srt"
	"github.com/dauys/dauys/subtitle/formats/ttml"
	"github.com/dauys/dauys/subtitle/formats/vtt"
)

// Format is a kind of subtitle file.
type Format struct {
	Media string // of Content-Type
	Write func(w io.Writer, cues []cue.Cue, language string) error
}

// Find gives the format that a file ending names.
func Find(name string) (Format, bool) {
	switch name {
	case "srt":
		return Format{"application/x-subrip; charset=utf-8", func(w io.Writer, cues []cue.Cue, _ string) error { return srt.Write(w, cues) }}, true
	case "vtt":
		return Format{"text/vtt; charset=utf-8", func(w io.Writer, cues []cue.Cue, _ string) error { return vtt.Write(w, cues, vtt.Options{}) }}, true
	case "ttml":
		return Format{"application/ttml+xml; charset=utf-8", ttml.Write}, true
	}
	return Format{}, false
}
