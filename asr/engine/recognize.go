package engine

import (
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/fault"
)

// Recognize transcribes a finished recording; see asr.Recognizer.
func (e *Engine) Recognize(ctx context.Context, src audio.Source, o asr.Options) (*asr.Transcript, error) {
	const op = "engine.Recognize"
	ctx, leave, err := e.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	m, err := e.model(o.Model)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	if o.Languages, err = m.languages(o.Languages); err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	if o.Beam < 0 || o.Beam > 16 {
		return nil, fault.Errorf(op, fault.Invalid, "beam of %d: give 1 (greedy) to 16", o.Beam)
	}
	sound, err := mono16k.New(src)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	r := &recording{engine: e, model: m, options: o, sound: sound}
	t, err := r.run(ctx)
	if err != nil && ctx.Err() != nil { // what it interrupted does not matter
		err = context.Cause(ctx)
	}
	return t, fault.E(op, fault.Other, err)
}

// recording is one being transcribed.
type recording struct {
	engine  *Engine
	model   *model
	options asr.Options
	sound   audio.Source
	length  time.Duration // 0 when unknown
	result  asr.Transcript
	spoken  map[string]time.Duration // by language
}

// job is a window being read.
type job struct {
	clip whisper.Clip
	end  time.Duration
	done chan struct{}
	got  *whisper.Heard
}

func (r *recording) run(ctx context.Context) (*asr.Transcript, error) {
	r.result.Model, r.spoken = r.model.id, map[string]time.Duration{}
	if s, ok := r.sound.(audio.Sized); ok {
		r.length = audio.Duration(s.Frames(), audio.RateHz)
	}
	peak, err := r.peak(ctx)
	if err != nil {
		return nil, err
	}
	cut, err := newCutter(r.engine, r.model, r.options.NoVAD, r.options.Padding, peak)
	if err != nil {
		return nil, err
	}
	defer cut.close()
	if r.options.NoVAD {
		err = r.inOrder(ctx, cut)
	} else {
		err = r.together(ctx, cut)
	}
	if err != nil {
		return nil, err
	}
	r.result.Duration = audio.Duration(cut.total, audio.RateHz)
	r.report(r.result.Duration)
	for language, d := range r.spoken {
		if r.result.Language == "" || d > r.spoken[r.result.Language] {
			r.result.Language = language
		}
	}
	if r.result.Language == "" && len(r.options.Languages) == 1 {
		r.result.Language = r.options.Languages[0]
	}
	return &r.result, nil
}

// together reads several windows at a time and gives their segments in order.
func (r *recording) together(ctx context.Context, cut *cutter) error {
	group, ctx := errgroup.WithContext(ctx)
	jobs := make(chan *job, r.engine.config.Recordings)
	group.Go(func() error {
		defer close(jobs)
		first := true
		return cut.run(ctx, r.sound, func(c whisper.Clip, end time.Duration) error {
			j := &job{clip: c, end: end, done: make(chan struct{})}
			o := r.clipOptions(first)
			first = false
			if err := r.engine.sit(ctx); err != nil {
				return err
			}
			group.Go(func() error {
				defer r.engine.rise()
				defer close(j.done)
				var err error
				j.got, err = r.model.whisper.ReadClip(ctx, j.clip, o)
				return err
			})
			select {
			case jobs <- j:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	})
	group.Go(func() error {
		for j := range jobs {
			<-j.done
			if j.got == nil { // its error ends the group
				continue
			}
			if err := r.give(j.got, j.end); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// inOrder reads window after window, each beginning where the one before stopped.
func (r *recording) inOrder(ctx context.Context, cut *cutter) error {
	o := r.clipOptions(true)
	return cut.runPlain(ctx, r.sound, func(c whisper.Clip) (int, error) {
		if err := r.engine.sit(ctx); err != nil {
			return 0, err
		}
		defer r.engine.rise()
		h, err := r.model.whisper.ReadClip(ctx, c, o)
		if err != nil {
			return 0, err
		}
		o.Earlier, o.Language = h.Text, h.Language
		return h.Frames, r.give(h, time.Duration(c.From+h.Frames)*time.Second/whisper.FramesPerSecond)
	})
}

func (r *recording) clipOptions(first bool) whisper.ClipOptions {
	o := r.options
	c := whisper.ClipOptions{
		ReadOptions: whisper.ReadOptions{
			Beam: o.Beam, NoTimestamps: o.NoTimestamps, NoFallback: o.NoFallback, NoGuard: o.NoFallback, HotWords: o.HotWords, Priority: decode.Batch,
		},
		Languages: o.Languages, Padding: o.Padding, WordTimes: o.WordTimes && !o.NoTimestamps,
	}
	if len(o.Languages) == 1 {
		c.Language = o.Languages[0]
	}
	if first && o.Prompt != "" {
		c.Earlier = r.model.loaded.Tokens.Encode(" " + o.Prompt)
	}
	return c
}

// give hands a window's segments over.
func (r *recording) give(h *whisper.Heard, end time.Duration) error {
	for _, s := range h.Segments {
		r.spoken[s.Language] += s.End - s.Start
		if r.options.OnSegment == nil {
			r.result.Segments = append(r.result.Segments, s)
			continue
		}
		if err := r.options.OnSegment(s); err != nil {
			return err
		}
	}
	r.report(end)
	return nil
}

func (r *recording) report(done time.Duration) {
	if r.options.Progress != nil {
		r.options.Progress(done, max(r.length, done))
	}
}

// peak finds the greatest mel value of a recording that can be read twice and does not fit one window: the normalisation
// of every window depends on it. Others are normalised by the greatest so far.
func (r *recording) peak(ctx context.Context) (float32, error) {
	again, ok := r.sound.(audio.Rewinder)
	if !ok || r.length > 0 && r.length <= windowLimit {
		return unknownPeak, nil
	}
	s := r.model.mel.NewStream()
	var raw []float32
	err := eachBlock(ctx, r.sound, func(block []float32) error {
		raw = s.Append(raw[:0], block)
		return nil
	})
	if err != nil {
		return 0, err
	}
	s.Append(raw[:0], make([]float32, silentTail))
	return s.Peak(), again.Rewind()
}

// blockSamples is how much of a recording is read at a time: 0.5 s.
const blockSamples = audio.RateHz / 2

func eachBlock(ctx context.Context, src audio.Source, use func([]float32) error) error {
	block := make([]float32, blockSamples)
	for {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		n, err := src.Read(block)
		if n > 0 {
			if err := use(block[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// sit waits for a seat among the windows of recordings that are being read.
func (e *Engine) sit(ctx context.Context) error {
	select {
	case e.seats <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (e *Engine) rise() { <-e.seats }
