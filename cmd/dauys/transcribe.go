package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/decode"
	"github.com/dauys/dauys/fault"
)

type transcribeCmd struct {
	Files        []string `arg:"" name:"file" help:"Recordings: WAV, FLAC, MP3, Ogg/Opus, WebM; others through ffmpeg when installed."`
	Language     string   `help:"Language that is spoken: kk, ru, en, or auto to detect one of these." default:"auto"`
	Format       string   `help:"text, json, srt, vtt or ttml." default:"text" enum:"text,json,srt,vtt,ttml"`
	Model        string   `help:"Model to use." placeholder:"ID" default:"whisper-base" env:"DAUYS_ASR_MODEL"`
	Beam         int      `help:"Beams; 1 = greedy." default:"5"`
	NoFallback   bool     `help:"Never try again at a higher temperature."`
	NoTimestamps bool     `help:"Text only: no segments' and words' times."`
	NoVAD        bool     `help:"Transcribe every second, not only where speech was found."`
	Padding      string   `help:"How the last window is filled up: mel (as openai/whisper and faster-whisper) or audio." default:"mel" enum:"mel,audio"`
	Prompt       string   `help:"Text before the recording: context, names." placeholder:"TEXT"`
	HotWords     []string `help:"Names to prefer, separated by commas." placeholder:"WORD"`
	Out          string   `short:"o" help:"Write here instead of stdout (one file only)." placeholder:"FILE"`
}

// Run transcribes one file after another; a file that fails does not stop the others.
func (c *transcribeCmd) Run(e *env) error {
	opts, err := c.options()
	if err != nil {
		return err
	}
	if c.Out != "" && len(c.Files) > 1 {
		return usageError{fmt.Errorf("--out takes one file, %d are given", len(c.Files))}
	}
	engine, err := e.engine(c.Model)
	if err != nil {
		return err
	}
	defer engine.Close()
	out, closeOut, err := c.open(e)
	if err != nil {
		return err
	}
	failed := 0
	for _, file := range c.Files {
		if err := c.file(e, engine, opts, file, out); err != nil {
			if e.ctx.Err() != nil {
				return fault.Errorf("transcribe.Run", fault.Canceled, "stopped before %s was finished", file)
			}
			if len(c.Files) == 1 {
				return fault.Errorf("transcribe.Run", fault.KindOf(err), "%s", about(file, err))
			}
			fmt.Fprintln(e.err, "dauys:", about(file, err))
			failed++
		}
	}
	if err := closeOut(); err != nil {
		return fault.E("transcribe.Run", fault.Other, err)
	}
	if failed > 0 {
		return fault.Errorf("transcribe.Run", fault.Invalid, "%d of %d files failed", failed, len(c.Files))
	}
	return nil
}

func (c *transcribeCmd) options() (asr.Options, error) {
	languages, err := spoken(c.Language)
	if err != nil {
		return asr.Options{}, err
	}
	if c.Beam < 1 || c.Beam > 16 {
		return asr.Options{}, usageError{fmt.Errorf("--beam %d: want 1 to 16", c.Beam)}
	}
	o := asr.Options{
		Model: c.Model, Languages: languages, Beam: c.Beam, NoFallback: c.NoFallback, NoTimestamps: c.NoTimestamps,
		NoVAD: c.NoVAD, WordTimes: !c.NoTimestamps && c.Format != "text", Prompt: c.Prompt, HotWords: c.HotWords,
	}
	if c.Padding == "audio" {
		o.Padding = asr.PadAudio
	}
	return o, nil
}

// spoken turns a --language into the set to detect from.
func spoken(language string) ([]string, error) {
	switch language {
	case "auto", "":
		return nil, nil
	case "kk", "ru", "en":
		return []string{language}, nil
	}
	return nil, usageError{fmt.Errorf("language %q: want kk, ru, en or auto", language)}
}

func (c *transcribeCmd) open(e *env) (io.Writer, func() error, error) {
	if c.Out == "" {
		return e.out, func() error { return nil }, nil
	}
	f, err := os.Create(c.Out)
	if err != nil {
		return nil, nil, fault.E("transcribe.open", fault.Other, err)
	}
	return f, f.Close, nil
}

// about is a failure's message, beginning with the file it is about.
func about(file string, err error) string {
	text := fault.Text(err)
	if strings.Contains(text, file) {
		return text
	}
	return file + ": " + text
}

// longFile is the length from which a progress bar is worth its line.
const longFile = 60 * time.Second

func (c *transcribeCmd) file(e *env, r asr.Recognizer, o asr.Options, path string, out io.Writer) error {
	src, err := decode.Open(e.ctx, path)
	if err != nil {
		return err
	}
	defer src.Close()
	w := newTranscriptWriter(c.Format, out, path)
	o.OnSegment = w.segment
	if sourceLength(src) >= longFile {
		bar := newProgress(e.err, "time")
		defer bar.finish()
		o.Progress = func(done, total time.Duration) { bar.report(path, int64(done), int64(total)) }
	}
	t, err := r.Recognize(e.ctx, src, o)
	if err != nil {
		return err
	}
	return w.close(t)
}

func sourceLength(src audio.Source) time.Duration {
	if s, ok := src.(audio.Sized); ok {
		return audio.Duration(s.Frames(), src.Format().RateHz)
	}
	return 0
}
