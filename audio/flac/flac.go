// Package flac reads FLAC files (RFC 9639) as an audio.Source. The codec is github.com/mewkiz/flac; here are the checks around it and the
// conversion to float32.
package flac

import (
	"bufio"
	"errors"
	"io"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/fault"
)

// Reader is an audio.Source over a FLAC file. Memory does not depend on the file's length.
type Reader struct {
	stream *flac.Stream
	format audio.Format
	frames int64
	scale  float32 // of one step

	block []float32 // the last block, interleaved
	next  int
	at    int64 // frames given and in block
	err   error
}

// NewReader reads the header and stands before the first sample.
func NewReader(r io.Reader) (*Reader, error) {
	f := &Reader{}
	err := guard(func() (err error) {
		// The codec must not see a Seeker: it would read the file without a buffer.
		f.stream, err = flac.New(bufio.NewReaderSize(r, 64<<10))
		return err
	})
	if err != nil {
		return nil, corrupt("flac.NewReader", "the FLAC header is damaged", err)
	}
	info := f.stream.Info
	f.format = audio.Format{RateHz: int(info.SampleRate), Channels: int(info.NChannels)}
	f.frames = int64(info.NSamples)
	if err := pcm.Check(f.format); err != nil {
		return nil, err
	}
	if info.BitsPerSample < 4 || info.BitsPerSample > 32 {
		return nil, fault.Errorf("flac.NewReader", fault.Corrupt, "%d bits a sample: FLAC has 4 to 32", info.BitsPerSample)
	}
	f.scale = 1 / float32(uint64(1)<<(info.BitsPerSample-1))
	return f, nil
}

// Format implements audio.Source.
func (f *Reader) Format() audio.Format { return f.format }

// Frames implements audio.Sized.
func (f *Reader) Frames() int64 { return f.frames }

// Read implements audio.Source.
func (f *Reader) Read(p []float32) (int, error) {
	p = p[:len(p)/f.format.Channels*f.format.Channels]
	if len(p) == 0 {
		return 0, nil
	}
	for f.next == len(f.block) {
		if f.err != nil {
			return 0, f.err
		}
		f.err = f.fill()
	}
	n := copy(p, f.block[f.next:])
	f.next += n
	return n, nil
}

// fill decodes one block.
func (f *Reader) fill() error {
	const op fault.Op = "flac.Read"
	f.block, f.next = f.block[:0], 0
	var b *frame.Frame
	err := guard(func() (err error) {
		b, err = f.stream.ParseNext()
		return err
	})
	if errors.Is(err, io.EOF) && (f.frames == 0 || f.at >= f.frames) {
		return io.EOF
	}
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fault.Errorf(op, fault.Corrupt, "the FLAC file holds %d of the %d frames that its header promises: it was cut off, copy or record it again", f.at, f.frames)
		}
		return corrupt(op, "the FLAC file is damaged", err)
	}
	if len(b.Subframes) != f.format.Channels {
		return fault.Errorf(op, fault.Corrupt, "a block of %d channels in a file of %d", len(b.Subframes), f.format.Channels)
	}
	for i := range b.Subframes[0].Samples {
		for _, s := range b.Subframes {
			f.block = append(f.block, float32(s.Samples[i])*f.scale)
		}
	}
	f.at += int64(len(b.Subframes[0].Samples))
	return nil
}

// guard turns a panic of the codec, which some damaged files cause, into an error.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the decoder cannot read it")
		}
	}()
	return f()
}

func corrupt(op fault.Op, what string, err error) error {
	return fault.Errorf(op, fault.Corrupt, "%s (%w): copy or record it again", what, err)
}
