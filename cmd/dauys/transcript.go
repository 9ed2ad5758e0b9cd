package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/fault"
)

// transcriptWriter writes a transcript while it grows, so that a long recording does not fill the memory.
type transcriptWriter interface {
	segment(s asr.Segment) error
	close(t *asr.Transcript) error
}

func newTranscriptWriter(format string, out io.Writer, path string) transcriptWriter {
	switch format {
	case "json":
		return &jsonTranscript{out: out, path: path}
	case "text":
		return textTranscript{out}
	}
	return &cueTranscript{out: out, format: format}
}

// textTranscript is a line a segment.
type textTranscript struct{ out io.Writer }

func (w textTranscript) segment(s asr.Segment) error {
	_, err := fmt.Fprintln(w.out, strings.Join(strings.Fields(s.Text), " "))
	return err
}

func (w textTranscript) close(*asr.Transcript) error { return nil }

// jsonTranscript is one object a file, its segments first: what is known at the end comes at the end.
type jsonTranscript struct {
	out   io.Writer
	path  string
	count int
}

// jsonSegment is a segment in JSON; times are seconds.
type jsonSegment struct {
	ID               int        `json:"id"`
	Start            float64    `json:"start"`
	End              float64    `json:"end"`
	Text             string     `json:"text"`
	Language         string     `json:"language"`
	Confidence       float64    `json:"confidence"`
	NoSpeechProb     float64    `json:"no_speech_prob"`
	AvgLogProb       float64    `json:"avg_logprob"`
	CompressionRatio float64    `json:"compression_ratio"`
	Temperature      float64    `json:"temperature"`
	Tokens           []int32    `json:"tokens"`
	Words            []jsonWord `json:"words,omitempty"`
}

type jsonWord struct {
	Word       string  `json:"word"`
	Start      float64 `json:"start"`
	End        float64 `json:"end"`
	Confidence float64 `json:"confidence"`
}

func (w *jsonTranscript) segment(s asr.Segment) error {
	j := jsonSegment{
		ID: w.count, Start: seconds(s.Start), End: seconds(s.End), Text: s.Text, Language: s.Language,
		Confidence: round4(math.Exp(s.AvgLogProb)), NoSpeechProb: round4(s.NoSpeechProb), AvgLogProb: round4(s.AvgLogProb),
		CompressionRatio: round4(s.CompressionRatio), Temperature: s.Temperature, Tokens: s.Tokens,
	}
	for _, x := range s.Words {
		j.Words = append(j.Words, jsonWord{x.Text, seconds(x.Start), seconds(x.End), round4(x.Confidence)})
	}
	text, err := json.Marshal(j)
	if err != nil {
		return fault.E("transcribe.segment", fault.Internal, err)
	}
	head := ",\n "
	if w.count == 0 {
		head = w.head()
	}
	w.count++
	_, err = fmt.Fprintf(w.out, "%s%s", head, text)
	return err
}

func (w *jsonTranscript) head() string {
	name, err := json.Marshal(w.path)
	if err != nil {
		name = []byte(`""`)
	}
	return fmt.Sprintf("{\"file\":%s,\"segments\":[\n ", name)
}

func (w *jsonTranscript) close(t *asr.Transcript) error {
	if w.count == 0 {
		if _, err := io.WriteString(w.out, w.head()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w.out, "],\"model\":%q,\"language\":%q,\"duration\":%v}\n", t.Model, t.Language, seconds(t.Duration))
	return err
}

// seconds rounds to milliseconds.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

func round4(x float64) float64 { return math.Round(x*1e4) / 1e4 }
