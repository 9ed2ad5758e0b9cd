// Package wav reads RIFF WAVE files as they occur in the wild: PCM of 8 to 32 bits, floats, mu-law and A-law, plain and extensible
// headers, RF64 and BW64 above 4 GiB, streams whose writer never filled in the length, and headers that lie.
//
// A length of 0 or of 2 GiB and more stands for "until the end". A file that is shorter than its header promises gives
// all the samples that it has and then an error, so that a cut-off recording is neither lost nor mistaken for a whole one.
package wav

import (
	"bufio"
	"errors"
	"io"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/fault"
)

// Reader is an audio.Source over a WAV file.
type Reader struct {
	*pcm.Reader
	header header
	from   io.Reader
	start  int64 // of the file in from
}

// NewReader reads the header of a WAV file and stands before its first sample. Memory does not depend on the file's length.
func NewReader(r io.Reader) (*Reader, error) {
	w := &Reader{from: r}
	if s, ok := r.(io.Seeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			w.start = at
		}
	}
	buffered := bufio.NewReaderSize(r, 4<<10)
	h, err := readHeader(&countingReader{Reader: buffered})
	if err != nil {
		return nil, err
	}
	w.header = h
	return w, w.begin(buffered)
}

// begin makes r, which stands at the first sample, the source of samples.
func (w *Reader) begin(r *bufio.Reader) (err error) {
	bytes := w.header.bytes
	if bytes == 0 && moreSound(r) {
		bytes = -1
	}
	w.header.bytes = bytes
	var data io.Reader = r
	if bytes >= 0 {
		data = &promised{from: r, left: bytes, frame: int64(w.header.format.Channels * w.header.encoding.Bytes()), total: bytes}
	}
	w.Reader, err = pcm.NewReader(data, w.header.encoding, w.header.format)
	return err
}

// moreSound tells whether what follows a data chunk of length 0 is sound of a writer that never came back to fill the length in, or
// nothing, or another chunk.
func moreSound(r *bufio.Reader) bool {
	next, err := r.Peek(4)
	if err != nil {
		return false
	}
	switch string(next) {
	case "LIST", "id3 ", "ID3 ", "bext", "cue ", "fact", "JUNK", "PEAK", "iXML", "smpl":
		return false
	}
	return true
}

// Frames is the number of frames that the header promises, 0 when it does not say.
func (w *Reader) Frames() int64 {
	if w.header.bytes < 0 {
		return 0
	}
	return w.header.bytes / int64(w.header.format.Channels*w.header.encoding.Bytes())
}

// Rewind goes back to the first sample; it fails when the input cannot seek.
func (w *Reader) Rewind() error {
	s, ok := w.from.(io.Seeker)
	if !ok {
		return fault.Errorf("wav.Rewind", fault.Unsupported, "this input can be read only once: give a file")
	}
	if _, err := s.Seek(w.start+w.header.offset, io.SeekStart); err != nil {
		return fault.E("wav.Rewind", fault.Other, err)
	}
	return w.begin(bufio.NewReaderSize(w.from, 4<<10))
}

// promised reads as many bytes as the header said and fails when there are fewer.
type promised struct {
	from               io.Reader
	left, frame, total int64
}

func (p *promised) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	n, err := p.from.Read(b[:min(int64(len(b)), p.left)])
	p.left -= int64(n)
	if errors.Is(err, io.EOF) && p.left > 0 {
		err = fault.Errorf("wav.Read", fault.Corrupt, "the WAV file holds %d of the %d frames that its header promises: it was cut off, copy or record it again",
			(p.total-p.left)/p.frame, p.total/p.frame)
	}
	return n, err
}

var _ interface {
	audio.Rewinder
	audio.Sized
} = (*Reader)(nil)
