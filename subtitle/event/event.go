package event

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// MaxBytes is the largest JSON object that [Decode] looks at. A segment is two lines of text with word times: 1 MiB is
// far beyond any that a programme writes.
const MaxBytes = 1 << 20

// maxMS keeps milliseconds inside what a time.Duration can hold.
const maxMS = math.MaxInt64 / int64(time.Millisecond)

// wire is the JSON form. Pointers are fields that a segment always carries, even when zero, and other types never do.
type wire struct {
	Seq            int64   `json:"seq"`
	Type           string  `json:"type"`
	Segment        string  `json:"segment,omitempty"`
	Revision       int     `json:"revision,omitempty"`
	Language       string  `json:"language,omitempty"`
	SourceLanguage string  `json:"source_language,omitempty"`
	Text           *string `json:"text,omitempty"`
	Stable         *int    `json:"stable,omitempty"`
	StartMS        *int64  `json:"start_ms,omitempty"`
	EndMS          *int64  `json:"end_ms,omitempty"`
	Final          *bool   `json:"final,omitempty"`
	SourceRevision int     `json:"source_revision,omitempty"`
	Speaker        string  `json:"speaker,omitempty"`
	Time           string  `json:"time"`
	Words          *[]word `json:"words,omitempty"`
	Code           string  `json:"code,omitempty"`
	Message        string  `json:"message,omitempty"`
}

type word struct {
	Text       string  `json:"text"`
	StartMS    int64   `json:"start_ms"`
	EndMS      int64   `json:"end_ms"`
	Confidence float64 `json:"confidence"`
	Final      bool    `json:"final"`
}

// Encode gives the JSON object of e, without a newline. Times are rounded to milliseconds; a confidence that is no
// number becomes 0.
func Encode(e subtitle.Event) ([]byte, error) {
	w := wire{
		Seq: e.Seq, Type: string(e.Type), Segment: e.Segment, Revision: e.Revision,
		Language: e.Language, SourceLanguage: e.SourceLanguage, SourceRevision: e.SourceRevision,
		Speaker: e.Speaker, Time: e.Time.UTC().Format(time.RFC3339Nano), Code: e.Code, Message: e.Message,
	}
	start, end := millis(e.Start), millis(e.End)
	if e.Type == subtitle.EventSegment {
		words := encodeWords(e.Words)
		w.Text, w.Stable, w.StartMS, w.EndMS, w.Final, w.Words = &e.Text, &e.Stable, &start, &end, &e.Final, &words
	} else if start != 0 || end != 0 {
		w.StartMS, w.EndMS = &start, &end
	}
	b, err := json.Marshal(w)
	return b, fault.E("event.Encode", fault.Internal, err)
}

func encodeWords(in []subtitle.Word) []word {
	out := make([]word, len(in))
	for i, w := range in {
		c := w.Confidence
		if math.IsNaN(c) || math.IsInf(c, 0) {
			c = 0
		}
		out[i] = word{Text: w.Text, StartMS: millis(w.Start), EndMS: millis(w.End), Confidence: c, Final: w.Final}
	}
	return out
}

func millis(d time.Duration) int64 { return d.Round(time.Millisecond).Milliseconds() }

// Decode reads one JSON object. Unknown fields and types are accepted, as the contract asks of every client.
func Decode(data []byte) (subtitle.Event, error) {
	const op fault.Op = "event.Decode"
	if len(data) > MaxBytes {
		return subtitle.Event{}, fault.Errorf(op, fault.Invalid, "event of %d bytes: the limit is %d", len(data), MaxBytes)
	}
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return subtitle.Event{}, fault.Errorf(op, fault.Invalid, "event is not the JSON object of docs/format/events.md: %w", err)
	}
	e, err := w.event()
	return e, fault.E(op, fault.Invalid, err)
}

func (w *wire) event() (subtitle.Event, error) {
	if w.Seq < 0 || w.Type == "" || w.Revision < 0 || w.SourceRevision < 0 || value(w.Stable) < 0 {
		return subtitle.Event{}, fmt.Errorf("event has no type or a negative seq, revision or stable")
	}
	at, err := time.Parse(time.RFC3339Nano, w.Time)
	if err != nil {
		return subtitle.Event{}, fmt.Errorf("event %d: time is not RFC 3339: %w", w.Seq, err)
	}
	e := subtitle.Event{
		Seq: w.Seq, Type: subtitle.EventType(w.Type), Segment: w.Segment, Revision: w.Revision,
		Language: w.Language, SourceLanguage: w.SourceLanguage, Text: value(w.Text), Stable: value(w.Stable),
		Final: value(w.Final), SourceRevision: w.SourceRevision, Speaker: w.Speaker, Time: at.UTC(),
		Code: w.Code, Message: w.Message,
	}
	if e.Start, e.End, err = span(value(w.StartMS), value(w.EndMS)); err != nil {
		return subtitle.Event{}, fmt.Errorf("event %d: %w", w.Seq, err)
	}
	for _, ww := range value(w.Words) {
		out := subtitle.Word{Text: ww.Text, Confidence: ww.Confidence, Final: ww.Final}
		if out.Start, out.End, err = span(ww.StartMS, ww.EndMS); err != nil {
			return subtitle.Event{}, fmt.Errorf("event %d: word: %w", w.Seq, err)
		}
		e.Words = append(e.Words, out)
	}
	return e, nil
}

func span(start, end int64) (from, to time.Duration, err error) {
	if start < 0 || end < 0 || start > maxMS || end > maxMS {
		return 0, 0, fmt.Errorf("start_ms %d or end_ms %d is out of range", start, end)
	}
	return time.Duration(start) * time.Millisecond, time.Duration(end) * time.Millisecond, nil
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// Round brings every time of e to what the wire can say: whole milliseconds, UTC without a monotonic reading. Decoding
// the encoded result gives the result again.
func Round(e subtitle.Event) subtitle.Event {
	e.Time = e.Time.Round(0).UTC()
	e.Start, e.End = e.Start.Round(time.Millisecond), e.End.Round(time.Millisecond)
	if len(e.Words) == 0 {
		e.Words = nil
		return e
	}
	words := make([]subtitle.Word, len(e.Words))
	for i, w := range e.Words {
		w.Start, w.End = w.Start.Round(time.Millisecond), w.End.Round(time.Millisecond)
		if math.IsNaN(w.Confidence) || math.IsInf(w.Confidence, 0) {
			w.Confidence = 0
		}
		words[i] = w
	}
	e.Words = words
	return e
}
