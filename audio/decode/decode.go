// Package decode opens a recording, whatever it is, as an audio.Source. It looks at the content, never at the name: WAV, FLAC, MP3, and Opus in Ogg
// or WebM are read here; everything else goes through the ffmpeg program where that is installed.
//
// A recording that is damaged in the middle gives its samples up to there and then an error. Errors name the recording and what to do.
package decode

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/ffmpeg"
	"github.com/dauys/dauys/audio/flac"
	"github.com/dauys/dauys/audio/mp3"
	"github.com/dauys/dauys/audio/opus"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/fault"
)

// Source is an open recording. It is not safe for concurrent use.
type Source struct {
	name  string
	sound audio.Source
	close []func() error // in reverse order
}

// File is a Source that can be read again from its beginning.
type File struct {
	*Source
	reopen  func() (*Source, error)
	dispose func() error // of a copy of the recording
}

var _ audio.Rewinder = (*File)(nil)

// Open opens a file. ctx bounds the life of a child process that reads it, not only the call.
func Open(ctx context.Context, path string) (*File, error) {
	reopen := func() (*Source, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, fault.E("decode.Open", fault.Other, err)
		}
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, errors.Join(fault.Errorf("decode.Open", fault.Invalid, "%s is a folder: give its files", path), f.Close())
		}
		s, err := open(ctx, f, path, func() (string, func() error, error) { return path, nothing, nil })
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		s.close = append([]func() error{f.Close}, s.close...)
		return s, nil
	}
	s, err := reopen()
	if err != nil {
		return nil, err
	}
	return &File{s, reopen, nothing}, nil
}

// Seeker opens what can go back, such as an upload, from its present position on. name is for messages. The caller closes r after the File.
func Seeker(ctx context.Context, r io.ReadSeeker, name string) (*File, error) {
	start, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, fault.E("decode.Seeker", fault.Other, err)
	}
	rewind := func() error {
		_, err := r.Seek(start, io.SeekStart)
		return fault.E("decode.Seeker", fault.Other, err)
	}
	f := &File{dispose: nothing}
	stored := "" // the copy for the program, made once
	f.reopen = func() (*Source, error) {
		if err := rewind(); err != nil {
			return nil, err
		}
		return open(ctx, r, name, func() (_ string, _ func() error, err error) {
			if stored == "" {
				if err = rewind(); err == nil {
					stored, f.dispose, err = spool(r)
				}
			}
			return stored, nothing, err
		})
	}
	if f.Source, err = f.reopen(); err != nil {
		return nil, errors.Join(err, f.dispose())
	}
	return f, nil
}

// Reader opens what can be read once, such as standard input. name is for messages. The caller closes r after the Source.
func Reader(ctx context.Context, r io.Reader, name string) (*Source, error) {
	buffered := bufio.NewReaderSize(r, 2*sniffBytes)
	return open(ctx, buffered, name, func() (string, func() error, error) { return spool(buffered) })
}

// open finds out what r is. file gives it as a file for the program that reads everything else.
func open(ctx context.Context, r io.Reader, name string, file func() (path string, remove func() error, err error)) (*Source, error) {
	const op fault.Op = "decode.Open"
	buffered := bufio.NewReaderSize(r, 2*sniffBytes) // r itself when it is one already, so that nothing is lost
	kind, err := sniff(buffered, name)
	if err != nil {
		return nil, err
	}
	s := &Source{name: name}
	if kind != unknown {
		s.sound, err = native(kind, buffered)
		if err == nil {
			return s, nil
		}
		if fault.KindOf(err) != fault.Unsupported && kind != isMP3 { // what looks like MP3 may be AAC behind a tag
			return nil, fault.Errorf(op, fault.Other, "%s: %w", name, err)
		}
	}
	if _, missing := ffmpeg.Find(); missing != nil {
		if err == nil {
			err = missing
		}
		return nil, fault.Errorf(op, fault.Other, "%s: %w", name, err)
	}
	if kind != unknown && !canRepeat(r) {
		return nil, fault.Errorf(op, fault.Other, "%s: %w", name, err)
	}
	return s, s.program(ctx, file)
}

// canRepeat tells whether what a native reader has taken can be read again.
func canRepeat(r io.Reader) bool {
	_, ok := r.(io.Seeker)
	return ok
}

// native reads the kinds that need no program.
func native(k kind, r *bufio.Reader) (audio.Source, error) {
	switch k {
	case isWAV:
		return wav.NewReader(r)
	case isFLAC:
		return flac.NewReader(r)
	case isMP3:
		return mp3.NewReader(r)
	case isOgg:
		return newPulled(r, new(opus.Ogg))
	}
	return newPulled(r, new(opus.WebM))
}

// program reads through ffmpeg.
func (s *Source) program(ctx context.Context, file func() (string, func() error, error)) error {
	path, remove, err := file()
	if err != nil {
		return err
	}
	child, err := ffmpeg.File(ctx, path, s.name)
	if err != nil {
		return errors.Join(err, remove())
	}
	s.sound, s.close = child, []func() error{remove, child.Close}
	return nil
}

// Format implements audio.Source.
func (s *Source) Format() audio.Format { return s.sound.Format() }

// Read implements audio.Source.
func (s *Source) Read(p []float32) (int, error) {
	n, err := s.sound.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fault.Errorf("decode.Read", fault.Other, "%s: %w", s.name, err)
	}
	return n, err
}

// Frames implements audio.Sized.
func (s *Source) Frames() int64 {
	if sized, ok := s.sound.(audio.Sized); ok {
		return sized.Frames()
	}
	return 0
}

// Close ends what reads the recording and waits for it. It may be called more than once.
func (s *Source) Close() error {
	var all error
	for i := len(s.close) - 1; i >= 0; i-- {
		all = errors.Join(all, s.close[i]())
	}
	s.close = nil
	return all
}

// Close ends what reads the recording, waits for it and removes what was stored. It may be called more than once.
func (f *File) Close() error {
	err := errors.Join(f.Source.Close(), f.dispose())
	f.dispose = nothing
	return err
}

// Rewind implements audio.Rewinder.
func (f *File) Rewind() error {
	if err := f.Source.Close(); err != nil {
		return err
	}
	again, err := f.reopen()
	if err != nil {
		return err
	}
	f.Source = again
	return nil
}

func nothing() error { return nil }
