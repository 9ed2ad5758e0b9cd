package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/vad"
	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/mel"
	"github.com/dauys/dauys/decode"
)

// What a stream's windows look like.
const (
	endpointPause = 600 * time.Millisecond // of silence after speech: the words are as good as they get
	fullWindow    = 24 * time.Second       // without a commit: the window must end
	lastWindow    = 28 * time.Second       // longer ones lose their beginning
	keepSilence   = 500 * time.Millisecond // before the newest sound, while nobody speaks
	contextTokens = 48                     // of committed words that the model reads before the window
	leastLanguage = time.Second            // of sound that the language is detected from
	draftTokens   = 47                     // of the last reading, run at once with the start of the text: a bucket of 48 rows
)

// quietAfter is the silence that a window gets behind the newest sound. Without any, the model often repeats itself, as it
// never saw sound that breaks off: on 54 s of LJ Speech 15 of 102 steps looped without, 7 with 1 s, 3 with 2 s, none in
// windows of 30 s, and word errors were 7.6, 6.9, 6.9 and 6.9 %. A step that loops is read again with more.
var quietAfter = []time.Duration{2 * time.Second, 8 * time.Second}

// listener is the hearing of a stream: mel frames and voice detection of the sound since the last commit, and the words
// that were read from it. One goroutine uses it.
type listener struct {
	model   *model
	options asr.StreamOptions
	voice   Voice
	mel     *mel.Stream
	tongue  tongue
	bins    int

	raw   []float32 // mel frames from base on
	base  int64     // frame number
	frame []float32 // samples of the VAD frame under way

	heard     int64 // samples
	from      int64 // start of the window: the last commit, or later in silence
	first     int64 // where speech begins in the window, -1 when there is none
	last      int64 // end of the newest voiced frame
	stepped   int64 // heard, at the last reading
	endpoint  bool  // a pause has ended the speech of the window
	told      bool  // the endpoint was given
	fresh     bool  // a segment begins: the language may change
	committed []int32
	words     []asr.Word // of the last reading
	tokens    [][]int32  // of each of them
	loop      bool
	seq       int64
}

func newListener(e *Engine, m *model, o asr.StreamOptions) (*listener, error) {
	voice, err := e.listen()
	if err != nil {
		return nil, err
	}
	l := &listener{
		model: m, options: o, voice: voice, mel: m.mel.NewStream(), bins: m.mel.Bins(),
		tongue: tongue{languages: o.Languages}, first: -1, fresh: true,
	}
	if o.Prompt != "" {
		l.committed = m.loaded.Tokens.Encode(" " + strings.TrimSpace(o.Prompt))
	}
	return l, nil
}

func (l *listener) close() { l.voice.Close() }

// sinceStep is how many samples were heard after the last reading.
func (l *listener) sinceStep() int64 { return l.heard - l.stepped }

// hear takes samples until a reading is due, and gives how many it took: a step has passed, or speech has paused.
func (l *listener) hear(ctx context.Context, samples []float32, c commit, step int64) (taken int, due bool, err error) {
	l.settle(c)
	for taken < len(samples) {
		n := min(len(samples)-taken, vad.FrameSamples-len(l.frame))
		l.frame = append(l.frame, samples[taken:taken+n]...)
		taken += n
		if len(l.frame) < vad.FrameSamples {
			break
		}
		if err := l.detect(ctx); err != nil {
			return taken, false, err
		}
		if l.endpoint && !l.told {
			return taken, true, nil
		}
	}
	return taken, l.sinceStep() >= step, nil
}

// detect takes a whole VAD frame.
func (l *listener) detect(ctx context.Context) error {
	p, err := l.voice.Probability(ctx, l.frame)
	if err != nil {
		return err
	}
	l.raw = l.mel.Append(l.raw, l.frame)
	l.frame = l.frame[:0]
	begin := l.heard
	l.heard += vad.FrameSamples
	switch {
	case p >= enterSpeech || p >= leaveSpeech && l.last == begin:
		if l.first < 0 {
			l.first = begin
		}
		l.last, l.endpoint, l.told = l.heard, false, false
	case l.first >= 0 && l.heard-l.last >= samplesIn(endpointPause):
		l.endpoint = true
	case l.first < 0:
		l.from = max(l.from, l.heard-samplesIn(keepSilence))
		l.forget()
	}
	return nil
}

// settle moves the window on to what was committed.
func (l *listener) settle(c commit) {
	if len(c.words) > 0 {
		var text strings.Builder
		for _, w := range c.words {
			text.WriteString(" " + w.Text)
		}
		l.committed = append(l.committed, l.model.loaded.Tokens.Encode(text.String())...)
		l.committed = l.committed[max(0, len(l.committed)-contextTokens):]
	}
	if c.at <= l.from {
		return
	}
	l.from = min(c.at, l.heard)
	l.keep(l.words, l.tokens)
	l.fresh = true
	if l.first >= 0 && l.from >= l.last {
		l.first, l.endpoint, l.told = -1, false, false
	} else if l.first >= 0 {
		l.first = max(l.first, l.from)
	}
	l.forget()
}

// forget drops the mel frames before the window.
func (l *listener) forget() {
	n := min(int(l.from/mel.HopSamples-l.base), len(l.raw)/l.bins)
	if n > 0 {
		l.raw = l.raw[:copy(l.raw, l.raw[n*l.bins:])]
		l.base += int64(n)
	}
}

// read gives the hypothesis for what was heard; final says that no more sound comes.
func (l *listener) read(ctx context.Context, final bool) (asr.Hypothesis, error) {
	if final {
		if err := l.finish(ctx); err != nil {
			return asr.Hypothesis{}, err
		}
	}
	l.stepped = l.heard
	l.loop = false
	switch {
	case l.first < 0:
		l.keep(nil, nil)
	case !l.told: // after an endpoint nothing new was said
		if err := l.recognise(ctx); err != nil {
			return asr.Hypothesis{}, err
		}
	}
	full := l.first >= 0 && l.heard-l.from >= samplesIn(fullWindow)
	l.told = l.endpoint
	l.seq++
	h := asr.Hypothesis{
		Seq: l.seq, From: sampleTime(l.from), Through: sampleTime(l.heard), Language: l.tongue.now(), Words: l.words,
		Endpoint: l.endpoint || final || full, Speech: l.first >= 0 && !l.endpoint, Loop: l.loop,
	}
	if l.heard-l.from >= samplesIn(lastWindow) { // nobody commits: what is heard now is lost
		l.settle(commit{at: l.heard - samplesIn(lastWindow-fullWindow)})
	}
	return h, nil
}

// finish hears the last samples, filled up with silence.
func (l *listener) finish(ctx context.Context) error {
	tail := len(l.frame)
	l.frame = append(l.frame, make([]float32, vad.FrameSamples-tail)...)
	if err := l.detect(ctx); err != nil {
		return err
	}
	l.heard += int64(tail - vad.FrameSamples)
	l.last = min(l.last, l.heard)
	l.raw = l.mel.Append(l.raw, make([]float32, silentTail))
	return nil
}

// recognise reads the window: from shortly before speech begins to the newest sound.
func (l *listener) recognise(ctx context.Context) error {
	start := max(l.from, l.first-samplesIn(lead)) / mel.HopSamples
	end := l.heard
	if l.endpoint {
		end = min(end, l.last+samplesIn(lead))
	}
	low := min(int(max(0, start-l.base))*l.bins, len(l.raw))
	high := min(max(low, int(end/mel.HopSamples-l.base)*l.bins), len(l.raw))
	raw := l.raw[low:high]
	n := len(raw) / l.bins
	if n == 0 {
		l.keep(nil, nil)
		return nil
	}
	for _, quiet := range quietAfter {
		positions := l.model.programs.Bucket(n + int(quiet*whisper.FramesPerSecond/time.Second))
		looping, err := l.readWindow(ctx, raw, positions, start)
		if err != nil || !looping {
			return err
		}
	}
	l.loop = true
	return nil
}

// readWindow reads raw frames, which begin at a frame of the stream, in a window of the given length. It tells whether the
// text repeats itself; words then holds what came before.
func (l *listener) readWindow(ctx context.Context, raw []float32, positions int, start int64) (looping bool, err error) {
	w, n := l.model.whisper, len(raw)/l.bins
	frames := make([]float32, 2*positions*l.bins)
	whisper.Fill(frames, raw, l.mel.Peak(), asr.PadAudio)
	window, err := w.Hear(ctx, frames, positions, decode.Live)
	if err != nil {
		return false, err
	}
	defer window.Release()
	if err := l.guess(ctx, window, n); err != nil {
		return false, err
	}
	reading, err := w.Read(ctx, window, whisper.ReadOptions{
		Language: l.tongue.now(), Beam: max(1, l.options.Beam), NoTimestamps: true, NoFallback: true, Earlier: l.committed,
		Draft: l.draft(), HotWords: l.options.HotWords, Seconds: float64(n) / whisper.FramesPerSecond, Priority: decode.Live,
	})
	if err != nil {
		return false, err
	}
	if reading.Silent() {
		l.keep(nil, nil)
		return false, nil
	}
	timed, err := w.Align(ctx, window, l.tongue.now(), reading.Tokens, reading.LogProbs, n, decode.Live)
	if err != nil {
		return false, err
	}
	l.keep(place(withoutEcho(timed), frameTime(start)))
	return reading.Looping, nil
}

// keep makes words, with their tokens, those of the last reading; words that are committed are left out.
func (l *listener) keep(words []asr.Word, tokens [][]int32) {
	l.words = after(words, l.from)
	l.tokens = tokens[len(words)-len(l.words):]
}

// draft is the last reading as a guess at the next: most of it comes again.
func (l *listener) draft() []int32 {
	all := slices.Concat(l.tokens...)
	return all[:min(len(all), draftTokens)]
}

// guess follows the language of the stream.
func (l *listener) guess(ctx context.Context, window *whisper.Window, frames int) error {
	if len(l.options.Languages) == 1 {
		return nil
	}
	if l.tongue.now() != "" && frameTime(int64(frames)) < leastLanguage {
		return nil
	}
	p, err := l.model.whisper.Detect(ctx, window, l.options.Languages, decode.Live)
	if err != nil {
		return err
	}
	l.tongue.hear(p, l.fresh)
	l.fresh = false
	return nil
}

// An echo is at least so many words at the end, said in less than so many seconds each: nobody speaks that fast.
const (
	echoWords   = 3
	echoSeconds = 0.06
)

// withoutEcho drops words at the end that have no sound of their own: where a window ends early, the model may repeat the
// last phrase, which alignment then squeezes into the last positions.
func withoutEcho(words []whisper.TimedWord) []whisper.TimedWord {
	keep := len(words)
	for i := len(words) - echoWords; i > 0; i-- {
		if words[len(words)-1].End-words[i].Start > echoSeconds*float64(len(words)-i) {
			break
		}
		keep = i
	}
	return words[:keep]
}

// place puts words on the stream's timeline, whose window begins at start.
func place(timed []whisper.TimedWord, start time.Duration) (words []asr.Word, tokens [][]int32) {
	for _, t := range timed {
		text := strings.TrimSpace(t.Text)
		if text == "" {
			continue
		}
		words = append(words, asr.Word{
			Text: text, Confidence: t.Probability,
			Start: start + time.Duration(t.Start*float64(time.Second)), End: start + time.Duration(t.End*float64(time.Second)),
		})
		tokens = append(tokens, t.Tokens)
	}
	return words, tokens
}

func frameTime(frame int64) time.Duration {
	return time.Duration(frame) * (time.Second / whisper.FramesPerSecond)
}

func sampleTime(sample int64) time.Duration { return audio.Duration(sample, audio.RateHz) }
