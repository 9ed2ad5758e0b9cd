package whisper

import (
	"context"
	"time"

	"github.com/dauys/dauys/asr"
)

// windowFrames is the longest window, 30 s.
const windowFrames = 30 * FramesPerSecond

// leastRest is how much of a clip may stay unread after its last timestamp: the model hears words in shorter rests that
// are not there.
const leastRest = 1 * FramesPerSecond

// A window that ends within its first second is no more than half a word; a clip with several of them is no speech, and
// reading it on would take for ever.
const (
	smallAdvance = 1 * FramesPerSecond
	manySmall    = 3
)

// resetTemperature is above which a text is no context for the next window (transcribe.py:518).
const resetTemperature = 0.5

// Clip is a stretch of a recording that is read on its own, in one window or more.
type Clip struct {
	From int       // its first frame in the recording
	Raw  []float32 // raw mel [frames, bins]
	Peak float32   // of the whole recording
	// More says that the recording goes on behind the clip: its last window then ends at its last timestamp.
	More bool
}

// ClipOptions say how a clip is read. Seconds of ReadOptions is set by the clip.
type ClipOptions struct {
	ReadOptions
	Languages []string // to choose from when Language is empty
	Padding   asr.Padding
	WordTimes bool
}

// Heard is a clip in segments.
type Heard struct {
	Segments []asr.Segment
	Language string
	// Frames read: all, or of a clip with More those before the last timestamp.
	Frames int
	// Text is the context for what follows: the tokens of the clip, none where they are doubtful.
	Text []int32
}

// tail is how many frames are not worth a window: behind the first one, those that only hear the end of the sound.
func (h *Heard) tail() int {
	if h.Frames == 0 {
		return 0
	}
	return TailFrames
}

// window is one window of a clip under way.
type window struct {
	from, frames int // in the recording
	heard        *Window
	language     string
	reading      Reading
}

// ReadClip reads a clip as transcribe() does (transcribe.py:256): window by window, each beginning at the last timestamp of
// the one before.
func (t *Transcriber) ReadClip(ctx context.Context, c Clip, o ClipOptions) (*Heard, error) {
	h := &Heard{Language: o.Language, Text: o.Earlier}
	bins := t.config.Mels
	total := len(c.Raw) / bins
	small := 0
	for total-h.Frames > h.tail() {
		n := min(windowFrames, total-h.Frames)
		w := &window{from: c.From + h.Frames, frames: n}
		raw := c.Raw[h.Frames*bins : (h.Frames+n)*bins]
		advance, err := t.readWindow(ctx, w, raw, c.Peak, &o, h)
		if err != nil {
			return nil, err
		}
		if advance < smallAdvance {
			small++
		}
		if last := h.Frames+n == total && !c.More; advance <= 0 || last && n-advance < leastRest || small > manySmall {
			advance = n
		}
		h.Frames += advance
		if c.More && total-h.Frames < windowFrames {
			break
		}
	}
	return h, nil
}

// readWindow appends a window's segments to h and gives the frames until the next one begins.
func (t *Transcriber) readWindow(ctx context.Context, w *window, raw []float32, peak float32, o *ClipOptions, h *Heard) (int, error) {
	frames := make([]float32, 2*t.config.AudioLen*t.config.Mels)
	Fill(frames, raw, peak, o.Padding)
	var err error
	if w.heard, err = t.Hear(ctx, frames, t.config.AudioLen, o.Priority); err != nil {
		return 0, err
	}
	defer w.heard.Release()
	if w.language, err = t.languageOf(ctx, w.heard, o, h); err != nil {
		return 0, err
	}
	read := o.ReadOptions
	read.Language, read.Earlier = w.language, h.Text
	read.Seconds = float64(w.frames) / FramesPerSecond
	if w.reading, err = t.Read(ctx, w.heard, read); err != nil {
		return 0, err
	}
	if w.reading.Silent() && !o.NoGuard {
		return w.frames, nil
	}
	segments, advance, whole := t.split(w)
	if o.WordTimes {
		if err := t.time(ctx, w, segments, o); err != nil {
			return 0, err
		}
		if end := endOfWords(segments); !whole && end > 0 {
			advance = int(end/(10*time.Millisecond)) - w.from
		}
	}
	h.add(t, w, segments)
	return advance, nil
}

// languageOf chooses the language of a clip by its first window.
func (t *Transcriber) languageOf(ctx context.Context, w *Window, o *ClipOptions, h *Heard) (string, error) {
	if h.Language == "" {
		p, err := t.Detect(ctx, w, o.Languages, o.Priority)
		if err != nil {
			return "", err
		}
		h.Language = o.Languages[likeliest(p)]
	}
	return h.Language, nil
}

// add keeps the segments that say something, and their text as context.
func (h *Heard) add(t *Transcriber, w *window, segments []asr.Segment) {
	for _, s := range segments {
		if s.Text == "" || s.Start == s.End {
			continue
		}
		h.Segments = append(h.Segments, s)
		h.Text = append(h.Text[:len(h.Text):len(h.Text)], s.Tokens...)
	}
	if w.reading.Temperature > resetTemperature {
		h.Text = nil
	}
}

// split cuts a window's tokens at pairs of timestamps (transcribe.py:318). It gives the frames to the next window, and
// whether that is the whole window.
func (t *Transcriber) split(w *window) (segments []asr.Segment, advance int, whole bool) {
	tokens := w.reading.Tokens
	isTime := func(i int) bool { return i >= 0 && t.tokens.IsTimestamp(tokens[i]) }
	closed := len(tokens) >= 2 && isTime(len(tokens)-1) && !isTime(len(tokens)-2)
	from, paired := 0, false
	for i := 1; i <= len(tokens); i++ {
		pair := i < len(tokens) && isTime(i) && isTime(i-1)
		if !pair && !(i == len(tokens) && closed && paired) {
			continue
		}
		segments = append(segments, t.segment(w, tokens[from:i], t.timeOf(tokens[from]), t.timeOf(tokens[i-1])))
		from, paired = i, true
	}
	switch {
	case !paired:
		end := w.frames
		for i := range tokens {
			if isTime(i) && tokens[i] != t.tokens.Special().FirstTimestamp {
				end = min(t.timeOf(tokens[i]), w.frames)
			}
		}
		return []asr.Segment{t.segment(w, tokens, 0, end)}, w.frames, true
	case closed:
		return segments, w.frames, true
	}
	return segments, t.timeOf(tokens[from-1]), false
}

// timeOf gives the frame of a timestamp token, relative to its window: 20 ms each.
func (t *Transcriber) timeOf(token int32) int {
	return 2 * int(max(0, token-t.tokens.Special().FirstTimestamp))
}

func (t *Transcriber) segment(w *window, tokens []int32, from, to int) asr.Segment {
	r := &w.reading
	return asr.Segment{
		Start: frameTime(w.from + from), End: frameTime(w.from + max(from, to)),
		Text: t.text(tokens), Language: w.language, Tokens: tokens,
		AvgLogProb: r.AvgLogProb, NoSpeechProb: r.NoSpeechProb, CompressionRatio: r.Compression, Temperature: r.Temperature,
	}
}

// frameTime is the time of a mel frame.
func frameTime(frame int) time.Duration {
	return time.Duration(frame) * (time.Second / FramesPerSecond)
}

func endOfWords(segments []asr.Segment) time.Duration {
	for i := len(segments) - 1; i >= 0; i-- {
		if n := len(segments[i].Words); n > 0 {
			return segments[i].Words[n-1].End
		}
	}
	return 0
}
