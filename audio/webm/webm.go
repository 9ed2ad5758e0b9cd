// Package webm takes the audio packets out of WebM and Matroska (RFC 9559) as browsers' MediaRecorder, FFmpeg and mkvmerge write them:
// bytes, cut anywhere, become packets of the first audio track. Segments and clusters may be of unknown size; video, cues and tags are skipped
// without being held. Memory is bounded by the largest block.
//
// The time codes of blocks are not read: packets follow each other without gaps in all that is recorded live.
package webm

import (
	"github.com/dauys/dauys/fault"
)

// The largest elements that are held: the list of tracks, and a block of audio.
const (
	maxTracks = 1 << 20
	maxBlock  = 1 << 20
)

// Track is the audio track.
type Track struct {
	Number  uint64
	Codec   string // A_OPUS
	Private []byte // the codec's header, OpusHead
}

// Demuxer finds packets. The zero value is ready.
type Demuxer struct {
	pending []byte
	skip    uint64 // bytes of an element of no interest
	begun   bool
	track   Track
}

// Track is the first audio track; ok once the list of tracks has come.
func (d *Demuxer) Track() (t Track, ok bool) { return d.track, d.track.Codec != "" }

// Append takes bytes and calls packet for every packet that they complete. Its argument is valid during the call.
func (d *Demuxer) Append(b []byte, packet func([]byte) error) error {
	const piece = 64 << 10
	for len(b) > 0 {
		if drop := min(d.skip, uint64(len(b))); drop > 0 && len(d.pending) == 0 {
			b, d.skip = b[drop:], d.skip-drop
			continue
		}
		n := min(len(b), piece)
		d.pending = append(d.pending, b[:n]...)
		b = b[n:]
		if err := d.elements(packet); err != nil {
			return err
		}
	}
	return nil
}

func corrupt(format string, args ...any) error {
	return fault.Errorf("webm.Append", fault.Corrupt, format, args...)
}

// elements takes whole elements from what is pending.
func (d *Demuxer) elements(packet func([]byte) error) error {
	at := 0
	defer func() { d.pending = d.pending[:copy(d.pending, d.pending[at:])] }()
	for {
		if drop := min(d.skip, uint64(len(d.pending)-at)); drop > 0 {
			at, d.skip = at+int(drop), d.skip-drop
		}
		id, size, n := header(d.pending[at:])
		if n < 0 || (n > 0 && !d.begun && id != idEBML) {
			return corrupt("the sound is damaged or is not WebM: send what MediaRecorder gives, from its first byte")
		}
		if n == 0 {
			return nil
		}
		d.begun = true
		if id == idSegment || id == idCluster || id == idBlockGroup {
			at += n // what is inside comes next
			continue
		}
		held, err := d.element(id, size, d.pending[at+n:], packet)
		if err != nil {
			return err
		}
		if !held {
			return nil
		}
		at, d.skip = at+n, size
	}
}

// element looks into one element whose body begins with b; held says whether it is all there, or need not be.
func (d *Demuxer) element(id uint32, size uint64, b []byte, packet func([]byte) error) (held bool, err error) {
	if size == unknown {
		return false, corrupt("element 0x%x has no size", id)
	}
	switch id {
	case idSimpleBlock, idBlock:
		if size > maxBlock {
			return true, nil // a picture: no audio packet is so large
		}
	case idEBML, idTracks:
		if size > maxTracks {
			return false, corrupt("element 0x%x of %d bytes, where at most %d make sense", id, size, maxTracks)
		}
	default:
		return true, nil
	}
	if size > uint64(len(b)) {
		return false, nil
	}
	b = b[:size]
	switch id {
	case idTracks:
		d.tracks(b)
		return true, nil
	case idEBML:
		return true, checkDocType(b)
	}
	return true, d.block(b, packet)
}

func checkDocType(b []byte) (err error) {
	children(b, func(id uint32, body []byte) {
		if kind := string(body); id == idDocType && kind != "webm" && kind != "matroska" {
			err = corrupt("EBML document of type %.20q: WebM or Matroska is expected", kind)
		}
	})
	return err
}

// tracks picks the first audio track.
func (d *Demuxer) tracks(b []byte) {
	const audio = 2 // RFC 9559, 5.1.4.1.3
	children(b, func(id uint32, entry []byte) {
		if id != idTrackEntry || d.track.Codec != "" {
			return
		}
		var t Track
		kind := uint64(0)
		children(entry, func(id uint32, body []byte) {
			switch id {
			case idTrackNumber:
				t.Number = number(body)
			case idTrackType:
				kind = number(body)
			case idCodecID:
				t.Codec = string(body)
			case idCodecPrivate:
				t.Private = append([]byte(nil), body...)
			}
		})
		if kind == audio {
			d.track = t
		}
	})
}
