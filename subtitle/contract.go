// Package subtitle is the contract of live subtitles: programmes, their events, and the two small interfaces through
// which the pipeline hears and translates. The wire form of an event (JSON and protobuf) is docs/format/events.md.
package subtitle

import (
	"context"
	"time"
)

// Service runs programmes. The local implementation is subtitle/live, the remote one services/subtitle.Client; both
// pass subtitle/subtitletest.
type Service interface {
	Create(ctx context.Context, spec Spec) (*Programme, error)
	Get(ctx context.Context, id string) (*Programme, error)
	List(ctx context.Context) ([]Programme, error)
	// Delete ends the programme and removes its archive.
	Delete(ctx context.Context, id string) error
	// Ingest attaches the programme's one source. fault.Exists when it has one already.
	Ingest(ctx context.Context, id string, format AudioFormat) (Ingest, error)
	// Subscribe reads the programme's events after seq (0 = all), then live ones, until it ends or ctx is done.
	// Sequence Tail means: the last 20 segments, then live.
	Subscribe(ctx context.Context, id string, after int64) (Events, error)
}

// Tail asks Subscribe for the last 20 segments before live events.
const Tail int64 = -1

// Spec describes a programme to create.
type Spec struct {
	Title     string
	Language  string // kk, ru, en or auto
	Source    SourceKind
	URL       string // with SourceURL
	Model     string
	Prompt    string
	HotWords  []string
	FinalOnly bool // finals-only mode: no growing text
}

// SourceKind says where a programme's sound comes from.
type SourceKind string

// The kinds of source.
const (
	SourceWebSocket SourceKind = "websocket"
	SourceURL       SourceKind = "url"
	SourceDemo      SourceKind = "demo"
)

// Programme is one source with one timeline and one writer.
type Programme struct {
	ID       string
	Spec     Spec
	State    State
	Created  time.Time
	Ended    time.Time
	Received time.Duration // audio received so far
	LastSeq  int64
}

// State of a programme.
type State string

// The states of a programme, in order.
const (
	StateWaiting State = "waiting" // no source yet, or it was lost
	StateLive    State = "live"
	StateEnded   State = "ended"
)

// AudioFormat is what an ingest client says it will send.
type AudioFormat struct {
	Encoding   string // pcm_s16le pcm_f32le mulaw opus webm ogg
	SampleRate int
	Channels   int
}

// Ingest takes a programme's sound.
type Ingest interface {
	// Write takes bytes in the announced format, cut anywhere. It blocks while 10 s are queued; nothing is dropped.
	Write(ctx context.Context, p []byte) error
	// Received tells how much audio has arrived on the programme's timeline.
	Received() time.Duration
	// End flushes and ends the programme within 10 s.
	End(ctx context.Context) error
	// Close detaches the source: a gap; the programme waits 5 minutes for a new one.
	Close() error
}

// Events is a reader of one programme's log.
type Events interface {
	// Next gives the next event; io.EOF after the programme's end event.
	Next(ctx context.Context) (Event, error)
	Close() error
}

// EventType tells what an event says.
type EventType string

// The types of event. Clients ignore unknown ones.
const (
	EventSegment EventType = "segment"
	EventRetract EventType = "retract"
	EventStatus  EventType = "status"
	EventError   EventType = "error"
	EventEnd     EventType = "end"
)

// Event is one entry of a programme's log. Seq strictly increases within the programme; gaps are legal.
type Event struct {
	Seq            int64
	Type           EventType
	Segment        string // "s12"; the same id in all languages
	Revision       int    // counts per (segment, language), from 1
	Language       string
	SourceLanguage string
	Text           string        // the whole segment, never a delta
	Stable         int           // the first Stable words never change again
	Start, End     time.Duration // from the first sample received
	Final          bool          // all is stable and the segment is closed
	SourceRevision int           // of translations: which source revision they are of
	Speaker        string
	Time           time.Time
	Words          []Word
	Code, Message  string // of status and error
}

// Word is one word of an event or hypothesis.
type Word struct {
	Text       string
	Start, End time.Duration
	Confidence float64
	Final      bool
}

// Listener is the hearing of the pipeline: what it needs of a speech recogniser, no more. cmd adapts asr.Recognizer to it.
type Listener interface {
	Listen(ctx context.Context, o ListenOptions) (Hearing, error)
}

// ListenOptions is what a programme asks of its recogniser.
type ListenOptions struct {
	Model     string
	Languages []string
	Prompt    string
	HotWords  []string
}

// Hearing is one live recogniser stream; see asr.Stream, whose shape it mirrors.
type Hearing interface {
	Write(ctx context.Context, samples []float32) error
	CloseWrite() error
	Next(ctx context.Context) (Hypothesis, error)
	Commit(ctx context.Context, at time.Duration, words []Word) error
	Close() error
}

// Hypothesis is what the recogniser believes was said after the last commit; see asr.Hypothesis.
type Hypothesis struct {
	From, Through time.Duration
	Language      string
	Words         []Word
	Endpoint      bool
	Speech        bool
	Loop          bool
}

// Log is the store of events: one ordered sequence a programme. An event is shown only after Append returned.
type Log interface {
	// Append adds events, whose Seq the caller numbered from last+1. It fails with fault.Exists when the programme's
	// last sequence is not last (another writer was faster: fencing).
	Append(ctx context.Context, programme string, last int64, events []Event) error
	// Last gives the newest sequence of the programme, 0 when it has none.
	Last(ctx context.Context, programme string) (int64, error)
	// Read streams the events after seq, then waits for new ones, until ctx is done.
	Read(ctx context.Context, programme string, after int64) (Events, error)
	// Remove deletes the programme's events.
	Remove(ctx context.Context, programme string) error
}

// Registry keeps what is known of programmes across restarts.
type Registry interface {
	Put(ctx context.Context, p Programme) error
	Get(ctx context.Context, id string) (*Programme, error)
	List(ctx context.Context) ([]Programme, error)
	Delete(ctx context.Context, id string) error
}
