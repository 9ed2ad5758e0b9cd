// Package asr compares the speech recogniser with another program on the same recordings, side by side in one run: absolute
// figures drift with the machine's other load, ratios less.
package asr

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/decode"
	"github.com/dauys/dauys/fault"
)

// Result is what one program needed for all recordings.
type Result struct {
	Program string        `json:"program"`
	Audio   time.Duration `json:"audio"`
	Wall    time.Duration `json:"wall"` // reading, mel, encoder, decoder; loading apart
	Load    time.Duration `json:"load"`
	PeakRSS int64         `json:"peak_rss"` // bytes
	Texts   []string      `json:"texts"`    // of each recording
}

// RTF is the real-time factor: processing time over the length of the sound.
func (r *Result) RTF() float64 { return r.Wall.Seconds() / max(r.Audio.Seconds(), 1e-9) }

// String gives one line: program, factor, memory.
func (r *Result) String() string {
	return fmt.Sprintf("%-28s rtf %.4f  %6.2f s of %.1f s  load %.2f s  peak %d MB",
		r.Program, r.RTF(), r.Wall.Seconds(), r.Audio.Seconds(), r.Load.Seconds(), r.PeakRSS/1e6)
}

// Ours runs a recogniser over files. The first file runs twice: once, unmeasured but for Load, to load the model.
func Ours(ctx context.Context, r asr.Recognizer, files []string, o asr.Options) (*Result, error) {
	const op = "bench.Ours"
	out := &Result{Program: "dauys"}
	begun := time.Now()
	if _, err := recognise(ctx, r, silence{}, o); err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	out.Load = time.Since(begun)
	for _, path := range files {
		begun := time.Now()
		src, err := decode.Open(ctx, path)
		if err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		t, err := recognise(ctx, r, src, o)
		if closeErr := src.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, fault.Errorf(op, fault.KindOf(err), "%s: %w", path, err)
		}
		out.Wall += time.Since(begun)
		out.Audio += t.Duration
		out.Texts = append(out.Texts, text(t))
	}
	out.PeakRSS = peakRSS()
	return out, nil
}

func recognise(ctx context.Context, r asr.Recognizer, src audio.Source, o asr.Options) (*asr.Transcript, error) {
	return r.Recognize(ctx, src, o)
}

func text(t *asr.Transcript) string {
	var parts []string
	for _, s := range t.Segments {
		parts = append(parts, s.Text)
	}
	return strings.Join(parts, " ")
}

// peakRSS reads the high-water mark of this process's memory from /proc; 0 where there is none.
func peakRSS() int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				return 0
			}
			return kb << 10
		}
	}
	return 0
}

// PeerConfig of faster-whisper, run as a child by a script that prints one JSON line a file, then a summary (its keys are
// those of peerLine and peerSummary).
type PeerConfig struct {
	Python, Script, Model string
	Compute               string // int8 or float32
	Beam                  int
	Language              string
	Plain                 bool // one temperature, no timestamps, no thresholds
	Threads               int
}

type peerLine struct {
	Text *string `json:"text"`
}

type peerSummary struct {
	RTF     *float64 `json:"rtf"`
	Audio   float64  `json:"seconds_audio"`
	Wall    float64  `json:"seconds_wall"`
	Load    float64  `json:"load_s"`
	PeakRSS float64  `json:"peak_rss_mb"`
}

// Peer runs the other program over files.
func Peer(ctx context.Context, c PeerConfig, files []string) (*Result, error) {
	const op = "bench.Peer"
	args := append([]string{c.Script, c.Model}, files...)
	args = append(args, "--compute", c.Compute, "--beam", strconv.Itoa(c.Beam), "--lang", c.Language, "--threads", strconv.Itoa(c.Threads))
	if c.Plain {
		args = append(args, "--plain")
	}
	cmd := exec.CommandContext(ctx, c.Python, args...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fault.E(op, fault.Unavailable, err)
	}
	out := &Result{Program: "faster-whisper " + c.Compute}
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		out.line(lines.Bytes())
	}
	if err := cmd.Wait(); err != nil {
		return nil, fault.Errorf(op, fault.Unavailable, "%s: %w", c.Script, err)
	}
	return out, fault.E(op, fault.Other, lines.Err())
}

func (r *Result) line(b []byte) {
	var s peerSummary
	if json.Unmarshal(b, &s) == nil && s.RTF != nil {
		r.Audio, r.Wall, r.Load = seconds(s.Audio), seconds(s.Wall), seconds(s.Load)
		r.PeakRSS = int64(s.PeakRSS * (1 << 20))
		return
	}
	var l peerLine
	if json.Unmarshal(b, &l) == nil && l.Text != nil {
		r.Texts = append(r.Texts, *l.Text)
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
