package main

import (
	"io"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/cue"
	"github.com/dauys/dauys/subtitle/formats/srt"
	"github.com/dauys/dauys/subtitle/formats/ttml"
	"github.com/dauys/dauys/subtitle/formats/vtt"
)

// writeCues writes a subtitle file.
func writeCues(out io.Writer, format string, cues []cue.Cue, language string) error {
	switch format {
	case "vtt":
		return vtt.Write(out, cues, vtt.Options{})
	case "ttml":
		return ttml.Write(out, cues, language)
	}
	return srt.Write(out, cues)
}

// cueTranscript is a transcript as a subtitle file. Cues are cut over the whole text, so it is written at the end.
type cueTranscript struct {
	out      io.Writer
	format   string
	segments []cue.Segment
}

func (w *cueTranscript) segment(s asr.Segment) error {
	c := cue.Segment{Start: s.Start, End: s.End, Text: s.Text}
	for _, x := range s.Words {
		c.Words = append(c.Words, subtitle.Word{Text: x.Text, Start: x.Start, End: x.End, Confidence: x.Confidence, Final: true})
	}
	w.segments = append(w.segments, c)
	return nil
}

func (w *cueTranscript) close(t *asr.Transcript) error {
	return writeCues(w.out, w.format, cue.Cut(w.segments, cue.Options{}), t.Language)
}

// eventCues is a programme as a subtitle file.
type eventCues struct {
	out    io.Writer
	format string
	events []subtitle.Event
}

func (w *eventCues) event(e subtitle.Event) error {
	if e.Final {
		w.events = append(w.events, e)
	}
	return nil
}

func (w *eventCues) close() error {
	language := ""
	if len(w.events) > 0 {
		language = w.events[0].Language
	}
	return writeCues(w.out, w.format, cue.Cut(cue.FromEvents(w.events, ""), cue.Options{}), language)
}

func newEventWriter(format string, out io.Writer) eventWriter {
	if format == "jsonl" {
		return jsonLines{out}
	}
	return &eventCues{out: out, format: format}
}
