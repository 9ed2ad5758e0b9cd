package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/decode"
	"github.com/dauys/dauys/audio/ffmpeg"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/demo"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/event"
	"github.com/dauys/dauys/subtitle/live"
)

type subtitleCmd struct {
	Source   string   `arg:"" help:"A file, - for PCM on stdin (16 kHz mono s16le), demo, or an address that ffmpeg reads."`
	Language string   `help:"Language that is spoken: kk, ru, en, or auto to follow it." default:"auto"`
	Pace     string   `help:"realtime plays a file as if it were spoken now, fast as fast as it can be heard." default:"realtime" enum:"realtime,fast"`
	Format   string   `help:"jsonl (every event), vtt or srt (finished subtitles)." default:"jsonl" enum:"jsonl,vtt,srt"`
	Model    string   `help:"Model to use." placeholder:"ID" default:"whisper-base" env:"DAUYS_ASR_MODEL"`
	Prompt   string   `help:"Context: what the programme is about, names." placeholder:"TEXT"`
	HotWords []string `help:"Names to prefer, separated by commas." placeholder:"WORD"`
	Rate     int      `help:"Sample rate of PCM on stdin, in Hz." default:"16000"`
	Private  bool     `help:"Allow addresses in private networks as sources." name:"allow-private"`
}

// Run plays the source through the pipeline and prints its events.
func (c *subtitleCmd) Run(e *env) error {
	if _, err := spoken(c.Language); err != nil {
		return err
	}
	engine, err := e.engine(c.Model)
	if err != nil {
		return err
	}
	defer engine.Close()
	service, err := live.New(e.ctx, live.Config{
		Listener: listener{engine}, Log: &memory.Log{}, Registry: &memory.Registry{}, Logger: e.log,
		EndWithin: -1, Open: func(ctx context.Context, _ subtitle.Spec) (audio.Source, error) { return c.open(ctx, e) },
	})
	if err != nil {
		return err
	}
	defer service.Close(context.WithoutCancel(e.ctx))
	spec := subtitle.Spec{Title: c.Source, Language: c.Language, Source: subtitle.SourceURL, URL: c.Source, Model: c.Model, Prompt: c.Prompt, HotWords: c.HotWords}
	if c.Pace == "realtime" && !strings.Contains(c.Source, "://") && c.Source != "-" {
		spec.Source, spec.URL = subtitle.SourceDemo, "" // the pipeline plays it as if it were spoken now
	}
	p, err := service.Create(e.ctx, spec)
	if err != nil {
		return err
	}
	return c.print(e, service, p.ID)
}

// print writes the events until the programme ends; an interrupt ends it early, and its last words are still written.
func (c *subtitleCmd) print(e *env, service *live.Service, id string) error {
	ctx := context.WithoutCancel(e.ctx)
	stop := context.AfterFunc(e.ctx, func() {
		if err := service.Close(ctx); err != nil {
			e.log.Warn("words may be missing", "op", "subtitle.print", "err", err)
		}
	})
	defer stop()
	events, err := service.Subscribe(ctx, id, 0)
	if err != nil {
		return err
	}
	defer events.Close()
	w := newEventWriter(c.Format, e.out)
	var failed error
	for {
		ev, err := events.Next(ctx)
		if errors.Is(err, io.EOF) || err != nil && e.ctx.Err() != nil {
			return errors.Join(failed, w.close())
		}
		if err != nil {
			return err
		}
		if ev.Type == subtitle.EventError {
			failed = fault.Errorf("subtitle.Run", fault.Invalid, "%s: %s", c.Source, ev.Message)
		}
		if err := w.event(ev); err != nil {
			return err
		}
	}
}

// open gives the source as 16 kHz mono.
func (c *subtitleCmd) open(ctx context.Context, e *env) (audio.Source, error) {
	switch {
	case c.Source == "-":
		return mono(pcm.NewReader(e.in, pcm.S16LE, audio.Format{RateHz: c.Rate, Channels: 1}))
	case c.Source == "demo":
		return openDemo(ctx)
	case strings.Contains(c.Source, "://"):
		src, err := ffmpeg.URL(ctx, c.Source, c.Private)
		if err != nil {
			return nil, err
		}
		return closing(src, src)
	}
	src, err := decode.Open(ctx, c.Source)
	if err != nil {
		return nil, err
	}
	return closing(src, src)
}

func openDemo(ctx context.Context) (audio.Source, error) {
	src, err := decode.Seeker(ctx, strings.NewReader(string(demo.Recording)), "demo")
	if err != nil {
		return nil, err
	}
	return closing(src, src)
}

func mono(src audio.Source, err error) (audio.Source, error) {
	if err != nil {
		return nil, err
	}
	return mono16k.New(src)
}

// closing is a mono source that closes what it reads.
func closing(src audio.Source, c io.Closer) (audio.Source, error) {
	m, err := mono16k.New(src)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return struct {
		audio.Source
		io.Closer
	}{m, c}, nil
}

// eventWriter prints a programme.
type eventWriter interface {
	event(e subtitle.Event) error
	close() error
}

// jsonLines is one event a line.
type jsonLines struct{ out io.Writer }

func (w jsonLines) event(e subtitle.Event) error {
	text, err := event.Encode(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.out, "%s\n", text)
	return err
}

func (w jsonLines) close() error { return nil }
