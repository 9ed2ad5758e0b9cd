// Package ffmpeg reads everything else, through the ffmpeg program as a child process: video, AAC, and live addresses.
//
// The program is told what it may touch. A file may be read as media of a listed kind only, never as a playlist, which could name other
// files; an address may use network protocols only, never files or pipes, and no private or link-local host unless that is allowed. The child is
// killed and waited for by Close, and when the context ends.
package ffmpeg

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/ffmpeg/egress"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/fault"
)

// fileFormats are the demuxers for files. Playlists and lists of other inputs (hls, dash, concat, sdp, imf) are not among them.
const fileFormats = "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,caf,dts,dtshd,eac3,flac,flv,gsm,h264,hevc,live_flv,loas,m4v,matroska,webm," +
	"mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,mpegtsraw,mpegvideo,mxf,nut,ogg,oma,opus,rm,spx,tak,tta,voc,w64,wav,wv,xwma"

// stopAfter is how long a killed child may keep its pipes.
const stopAfter = 2 * time.Second

// Source is an audio.Source over a child process. It can be read once.
type Source struct {
	samples *wav.Reader
	child   *child
	proxy   *egress.Proxy // nil for files
}

// Find gives the path of the program.
func Find() (string, error) {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return "", fault.Errorf("ffmpeg.Find", fault.Unsupported, "this kind of sound needs the ffmpeg program: install ffmpeg, or convert the file to WAV, FLAC, MP3 or Opus")
	}
	return path, nil
}

// File reads a file on this machine; name is what messages call it.
func File(ctx context.Context, path, name string) (*Source, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fault.E("ffmpeg.File", fault.Other, err)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.E("ffmpeg.File", fault.Other, err)
	}
	return open(ctx, name, nil, "-protocol_whitelist", "file", "-format_whitelist", fileFormats, "-i", "file:"+full)
}

// open starts the program and waits until it has said what the sound is.
func open(ctx context.Context, name string, environment []string, input ...string) (*Source, error) {
	program, err := Find()
	if err != nil {
		return nil, err
	}
	args := append([]string{"-nostdin", "-hide_banner", "-loglevel", "error"}, input...)
	args = append(args, "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "-bitexact", "pipe:1")
	c, err := start(ctx, name, program, args, environment)
	if err != nil {
		return nil, err
	}
	r, err := wav.NewReader(c)
	if err != nil {
		_, _ = io.Copy(io.Discard, c.Reader) // it ends by itself, with its reason on the standard error
		err = c.explain(err)
		return nil, errors.Join(err, c.Close())
	}
	return &Source{samples: r, child: c}, nil
}

// Format implements audio.Source.
func (s *Source) Format() audio.Format { return s.samples.Format() }

// Read implements audio.Source. The end of the program's output is the end of the sound only if the program was content.
func (s *Source) Read(p []float32) (int, error) {
	n, err := s.samples.Read(p)
	if errors.Is(err, io.EOF) {
		err = s.child.explain(err)
	}
	return n, err
}

// Close ends the program and waits for it.
func (s *Source) Close() error {
	err := s.child.Close()
	if s.proxy != nil {
		err = errors.Join(err, s.proxy.Close())
	}
	return err
}

// child is a running program; reading it reads its standard output.
type child struct {
	io.Reader
	name string
	cmd  *exec.Cmd
	said tail
	over func() error // why it was ended from outside, if it was
	stop context.CancelFunc
	wait func() error // once
}

func start(ctx context.Context, name, program string, args, environment []string) (*child, error) {
	running, stop := context.WithCancel(ctx)
	c := &child{name: name, over: ctx.Err, stop: stop, cmd: exec.CommandContext(running, program, args...)}
	c.cmd.Stderr, c.cmd.WaitDelay, c.cmd.Env = &c.said, stopAfter, environment
	out, err := c.cmd.StdoutPipe()
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		stop()
		return nil, fault.Errorf("ffmpeg.Start", fault.Unavailable, "ffmpeg does not start: %w", err)
	}
	c.Reader = out
	c.wait = sync.OnceValue(c.cmd.Wait)
	return c, nil
}

// explain turns the end of the program's output into what went wrong, io.EOF when nothing did.
func (c *child) explain(err error) error {
	const op fault.Op = "ffmpeg.Read"
	exit := c.wait()
	if exit == nil && errors.Is(err, io.EOF) {
		return io.EOF
	}
	said := c.said.String()
	switch {
	case c.over() != nil:
		return fault.E(op, fault.Other, c.over())
	case strings.Contains(said, "matches no streams"), strings.Contains(said, "does not contain any stream"):
		return fault.Errorf(op, fault.Unsupported, "%s holds no sound: choose a file with an audio track", c.name)
	case exit != nil && said != "":
		return fault.Errorf(op, fault.Corrupt, "ffmpeg cannot read %s: %s", c.name, strings.TrimSpace(said[strings.LastIndex(said, ": ")+1:]))
	}
	return fault.E(op, fault.Corrupt, errors.Join(err, exit))
}

// Close ends the program and waits for it.
func (c *child) Close() error {
	c.stop()
	_ = c.wait() // it was killed: how it ended says nothing
	return nil
}

var _ audio.Source = (*Source)(nil)
