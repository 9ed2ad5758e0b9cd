// Package asr is the contract of speech recognition: what everybody programs against, whether the engine runs in this
// process (asr/engine) or across a network (services/asr). It imports no engine.
package asr

import (
	"context"
	"time"

	"github.com/dauys/dauys/audio"
)

// Recognizer turns speech into text. It is safe for concurrent use.
type Recognizer interface {
	// Recognize transcribes a finished recording of any length. Options.OnSegment, where set, gets each segment as soon
	// as it is known; the transcript then carries no segments, so that a long recording does not grow the memory.
	Recognize(ctx context.Context, src audio.Source, opts Options) (*Transcript, error)
	// Stream transcribes speech while it is spoken. It fails with fault.Exhausted when no slot is free.
	Stream(ctx context.Context, opts StreamOptions) (Stream, error)
	// Models tells what it can run now.
	Models(ctx context.Context) ([]ModelInfo, error)
}

// Padding says how the last window of a recording is filled up to the encoder's length; it changes words.
type Padding uint8

// The two paddings that reference programs use.
const (
	PadMel   Padding = iota // literal zeros in the mel (openai transcribe(), faster-whisper)
	PadAudio                // zero samples before the mel (openai decode(), Hugging Face, whisper.cpp)
)

// Options of one recording. The zero value is a good default.
type Options struct {
	Model        string   // id, "" = the engine's default
	Languages    []string // the set to detect from; one = forced; empty = kk, ru, en
	Beam         int      // beams at temperature 0: 1 = greedy, 0 = the default (5)
	NoTimestamps bool     // no timestamp tokens and no word times
	NoFallback   bool     // temperature 0 only
	NoVAD        bool     // transcribe every second, cut in plain windows
	WordTimes    bool     // align words by cross-attention
	Padding      Padding
	Prompt       string   // earlier text, context of the first window
	HotWords     []string // names that should be preferred
	Progress     func(done, total time.Duration)
	OnSegment    func(Segment) error
}

// Transcript is a recording in words.
type Transcript struct {
	Model    string
	Language string // BCP 47: kk, ru, en
	Duration time.Duration
	Segments []Segment
}

// Segment is a stretch of speech between two timestamps.
type Segment struct {
	Start, End       time.Duration
	Text             string // without surrounding space
	Language         string
	Words            []Word // with Options.WordTimes
	Tokens           []int32
	AvgLogProb       float64
	NoSpeechProb     float64
	CompressionRatio float64
	Temperature      float64
}

// Word is one word with its punctuation and its place in the audio.
type Word struct {
	Text       string // without the leading space
	Start, End time.Duration
	Confidence float64 // mean token probability, 0..1
}

// StreamOptions of live speech.
type StreamOptions struct {
	Model     string
	Languages []string
	Prompt    string
	HotWords  []string
	// Step is the least audio between two hypotheses, 0 = the engine's default. A busy engine steps less often.
	Step time.Duration
	// Beam as in Options; 0 = greedy.
	Beam int
}

// Stream hears mono 16 kHz samples and tells what it believes was said. Write and Commit belong to one goroutine, Next to another.
type Stream interface {
	// Write takes samples in [-1, 1]. It blocks while more than 10 s wait to be heard.
	Write(ctx context.Context, samples []float32) error
	// CloseWrite says that no more audio comes; Next then gives the rest and io.EOF.
	CloseWrite() error
	// Next gives the next hypothesis. Each replaces the one before.
	Next(ctx context.Context) (Hypothesis, error)
	// Commit tells that the words before at are settled: the stream drops that audio and keeps the words as context.
	// at must not lie behind an earlier commit. Words committed are never heard again.
	Commit(ctx context.Context, at time.Duration, words []Word) error
	// Close gives the slot back. It may be called at any time, more than once.
	Close() error
}

// Hypothesis is what was heard between the last commit and now. Times count from the stream's first sample.
type Hypothesis struct {
	Seq      int64         // 1, 2, ...
	From     time.Duration // start of the audio window that it was made of
	Through  time.Duration // end of that window: everything before it was heard
	Language string
	Words    []Word // after the last commit, in order
	// Endpoint: speech has paused (VAD) or ended; the words are as good as they will get and the window ends here.
	Endpoint bool
	// Speech says whether the newest audio holds speech at all.
	Speech bool
	// Loop: the guard against repetitions cut the text off; the segment should be reset.
	Loop bool
	// Compute is how long the step took, from the newest sample's arrival to the hypothesis.
	Compute time.Duration
}

// ModelInfo is a model that can be asked for.
type ModelInfo struct {
	ID        string
	Family    string
	Languages []string
	Default   bool
	Note      string // e.g. that its Kazakh is hardly usable
}
