package opus

import (
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/webm"
	"github.com/dauys/dauys/fault"
)

// WebM decodes Opus in WebM or Matroska from bytes cut anywhere. The zero value is ready.
type WebM struct {
	demux   webm.Demuxer
	decoder *Decoder
}

// Format of the sound; ok once the list of tracks has come.
func (w *WebM) Format() (f audio.Format, ok bool) {
	if w.decoder == nil {
		return audio.Format{}, false
	}
	return w.decoder.Format(), true
}

// Append takes bytes and appends the samples that they complete to dst, interleaved.
func (w *WebM) Append(dst []float32, b []byte) ([]float32, error) {
	err := w.demux.Append(b, func(packet []byte) (err error) {
		if err := w.open(); err != nil {
			return err
		}
		dst, err = w.decoder.Append(dst, packet)
		return err
	})
	if err != nil {
		return dst, err
	}
	return dst, w.open()
}

// open makes the decoder once the track is known.
func (w *WebM) open() error {
	const op fault.Op = "opus.WebM"
	track, known := w.demux.Track()
	if w.decoder != nil || !known {
		return nil
	}
	if track.Codec != "A_OPUS" {
		return fault.Errorf(op, fault.Unsupported, "audio codec %.20q in WebM: record with audio/webm;codecs=opus", track.Codec)
	}
	head, err := ParseHead(track.Private)
	if err != nil {
		return err
	}
	w.decoder, err = NewDecoder(head)
	return err
}

// Flush ends the sound. It fails when there was no track.
func (w *WebM) Flush(dst []float32) ([]float32, error) {
	if w.decoder == nil {
		return dst, fault.Errorf("opus.WebM", fault.Unsupported, "no audio track in this WebM file")
	}
	return dst, nil
}
