package openai

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio/decode"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/captions"
	"github.com/dauys/dauys/gateway/reply"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/cue"
)

// aliases are names of OpenAI's models that clients have built in: the default model answers.
var aliases = map[string]bool{"whisper-1": true, "gpt-4o-transcribe": true, "gpt-4o-mini-transcribe": true}

func (h *handler) transcribe(w http.ResponseWriter, r *http.Request) error {
	f, err := h.readForm(w, r)
	defer f.close()
	if err != nil {
		return err
	}
	recording, err := decode.Seeker(r.Context(), f.file, f.name)
	if err != nil {
		return err
	}
	defer func() { _ = recording.Close() }()
	tr, err := h.Recognizer.Recognize(r.Context(), recording, f.options())
	if err != nil {
		return err
	}
	return f.write(w, tr)
}

func (f *form) options() asr.Options {
	o := asr.Options{Model: f.model, Prompt: f.prompt, WordTimes: f.words || f.format == "srt" || f.format == "vtt"}
	if aliases[f.model] {
		o.Model = ""
	}
	if f.language != "" && f.language != "auto" {
		o.Languages = []string{f.language}
	}
	return o
}

// write answers in the format that was asked for.
func (f *form) write(w http.ResponseWriter, tr *asr.Transcript) error {
	switch f.format {
	case "verbose_json":
		reply.JSON(w, http.StatusOK, f.verbose(tr))
		return nil
	case "json":
		reply.JSON(w, http.StatusOK, map[string]string{"text": text(tr)})
		return nil
	case "text":
		send(w, "text/plain; charset=utf-8", text(tr)+"\n")
		return nil
	}
	format, ok := captions.Find(f.format)
	if !ok {
		return fault.Errorf("openai.write", fault.Internal, "format %s has no writer", f.format)
	}
	var out bytes.Buffer
	if err := format.Write(&out, cue.Cut(segments(tr), cue.Options{}), tr.Language); err != nil {
		return err
	}
	send(w, format.Media, out.String())
	return nil
}

func send(w http.ResponseWriter, media, body string) {
	w.Header().Set("Content-Type", media)
	_, _ = io.WriteString(w, body) // the client went away
}

func text(tr *asr.Transcript) string {
	parts := make([]string, len(tr.Segments))
	for i, s := range tr.Segments {
		parts[i] = s.Text
	}
	return strings.Join(parts, " ")
}

// segments gives the transcript to the cutter of cues.
func segments(tr *asr.Transcript) []cue.Segment {
	out := make([]cue.Segment, len(tr.Segments))
	for i, s := range tr.Segments {
		out[i] = cue.Segment{Start: s.Start, End: s.End, Text: s.Text}
		for _, w := range s.Words {
			out[i].Words = append(out[i].Words, subtitle.Word{Text: w.Text, Start: w.Start, End: w.End, Confidence: w.Confidence})
		}
	}
	return out
}

// verbose is OpenAI's verbose_json. Times are seconds.
type verbose struct {
	Task     string           `json:"task"`
	Language string           `json:"language"` // "english"
	Duration float64          `json:"duration"`
	Text     string           `json:"text"`
	Segments []verboseSegment `json:"segments,omitempty"`
	Words    []verboseWord    `json:"words,omitempty"`
}

type verboseSegment struct {
	ID               int     `json:"id"`
	Seek             int     `json:"seek"`
	Start            float64 `json:"start"`
	End              float64 `json:"end"`
	Text             string  `json:"text"`
	Tokens           []int32 `json:"tokens"`
	Temperature      float64 `json:"temperature"`
	AvgLogProb       float64 `json:"avg_logprob"`
	CompressionRatio float64 `json:"compression_ratio"`
	NoSpeechProb     float64 `json:"no_speech_prob"`
}

type verboseWord struct {
	Word  string  `json:"word"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
}

func (f *form) verbose(tr *asr.Transcript) verbose {
	v := verbose{Task: "transcribe", Language: languageName(tr.Language), Duration: seconds(tr.Duration), Text: text(tr)}
	for i, s := range tr.Segments {
		if f.segments {
			tokens := s.Tokens
			if tokens == nil {
				tokens = []int32{}
			}
			v.Segments = append(v.Segments, verboseSegment{
				ID: i, Seek: int(s.Start.Milliseconds() / 10), Start: seconds(s.Start), End: seconds(s.End), Text: s.Text, Tokens: tokens,
				Temperature: s.Temperature, AvgLogProb: s.AvgLogProb, CompressionRatio: s.CompressionRatio, NoSpeechProb: s.NoSpeechProb,
			})
		}
		if f.words {
			for _, w := range s.Words {
				v.Words = append(v.Words, verboseWord{Word: w.Text, Start: seconds(w.Start), End: seconds(w.End)})
			}
		}
	}
	return v
}

// seconds rounds to milliseconds, so that 1.14 s is written so.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond).Milliseconds()) / 1000
}

// languageName is the English name of a BCP 47 code, in lower case, as OpenAI writes it.
func languageName(code string) string {
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	return strings.ToLower(display.English.Languages().Name(tag))
}
