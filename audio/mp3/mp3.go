// Package mp3 reads MP3 files as an audio.Source. The codec is github.com/hajimehoshi/go-mp3; here are the checks around it, and the tags that
// tell where the sound begins and ends: the delay of encoder and decoder is taken off, so that times are those of the recording.
package mp3

import (
	"bufio"
	"errors"
	"io"

	"github.com/hajimehoshi/go-mp3"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// frameBytes is one sample of the codec's output: two channels of 16 bits, also for mono files.
const frameBytes = 4

// Reader is an audio.Source over an MP3 file. Memory does not depend on the file's length.
type Reader struct {
	info  info
	codec *mp3.Decoder
	skip  int   // samples to drop before the sound
	left  int64 // samples of the sound to come, negative when unknown
	raw   []byte
	have  []byte // of raw, not given yet
	err   error
}

// NewReader reads the header and stands before the first sample.
func NewReader(r io.Reader) (*Reader, error) {
	const op fault.Op = "mp3.NewReader"
	buffered := bufio.NewReaderSize(r, 64<<10)
	i, err := readInfo(buffered)
	if err != nil {
		return nil, err
	}
	if i.rateHz < 16000 {
		return nil, fault.Errorf(op, fault.Unsupported, "MP3 at %d Hz (MPEG 2.5): install ffmpeg, or convert the file", i.rateHz)
	}
	m := &Reader{info: i, skip: i.skip, left: -1, raw: make([]byte, 4096*frameBytes)}
	if i.samples > 0 {
		m.left = i.samples
	}
	// The codec must not see a Seeker: it would first read the whole file to index it.
	err = guard(func() (err error) {
		m.codec, err = mp3.NewDecoder(buffered)
		return err
	})
	if err != nil {
		return nil, fault.Errorf(op, fault.Corrupt, "the MP3 sound is damaged (%w): copy the file again", err)
	}
	return m, nil
}

// Format implements audio.Source.
func (m *Reader) Format() audio.Format {
	return audio.Format{RateHz: m.info.rateHz, Channels: m.info.channels}
}

// Frames implements audio.Sized.
func (m *Reader) Frames() int64 { return m.info.samples }

// Read implements audio.Source.
func (m *Reader) Read(p []float32) (int, error) {
	p = p[:len(p)/m.info.channels*m.info.channels]
	if len(p) == 0 {
		return 0, nil
	}
	for len(m.have) < frameBytes {
		if m.err != nil {
			return 0, m.err
		}
		m.fill()
	}
	n := 0
	for ; len(m.have) >= frameBytes && n < len(p); m.have = m.have[frameBytes:] {
		for c := range m.info.channels {
			p[n] = float32(int16(uint16(m.have[2*c])|uint16(m.have[2*c+1])<<8)) / (1 << 15)
			n++
		}
	}
	return n, nil
}

// fill decodes some frames and takes off what is not sound. Up to a second may be missing at the end: programs that cut MP3 leave the tag as it was.
func (m *Reader) fill() {
	n := 0
	err := guard(func() (err error) {
		n, err = io.ReadFull(m.codec, m.raw)
		return err
	})
	m.have = m.raw[:n/frameBytes*frameBytes]
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		m.err = io.EOF
	case err != nil:
		m.err = fault.Errorf("mp3.Read", fault.Corrupt, "the MP3 sound is damaged (%w): copy the file again", err)
	}
	drop := min(m.skip, len(m.have)/frameBytes)
	m.skip -= drop
	m.have = m.have[drop*frameBytes:]
	if errors.Is(m.err, io.EOF) && m.left > int64(len(m.have)/frameBytes+m.info.rateHz) {
		m.err = fault.Errorf("mp3.Read", fault.Corrupt, "the MP3 file holds %d of the %d frames that its header promises: it was cut off, copy it again",
			m.info.samples-m.left+int64(len(m.have)/frameBytes), m.info.samples)
	}
	if m.left >= 0 {
		m.have = m.have[:min(int64(len(m.have)), m.left*frameBytes)]
		m.left -= int64(len(m.have) / frameBytes)
		if m.left == 0 {
			m.err = io.EOF
		}
	}
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
