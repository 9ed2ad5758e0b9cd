package opus

import (
	"bytes"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/ogg"
	"github.com/dauys/dauys/fault"
)

// Ogg decodes Opus in Ogg (RFC 7845) from bytes cut anywhere. The zero value is ready. Of several streams it takes the first; when that
// ends and another begins, as in a broadcast, it goes on with the other.
type Ogg struct {
	demux    ogg.Demuxer
	decoder  *Decoder
	channels int // of the first stream, and so of the output
	serial   uint32
	tags     bool  // the comment packet has passed
	begin    int64 // granule position of the first frame decoded, -1 until it is known
	frames   int64 // decoded, pre-skip included
}

// Format of the sound; ok once the header has come.
func (o *Ogg) Format() (f audio.Format, ok bool) {
	return audio.Format{RateHz: RateHz, Channels: o.channels}, o.channels > 0
}

// Append takes bytes and appends the samples that they complete to dst, interleaved.
func (o *Ogg) Append(dst []float32, b []byte) ([]float32, error) {
	err := o.demux.Append(b, func(p *ogg.Page) (err error) {
		dst, err = o.page(dst, p)
		return err
	})
	return dst, err
}

// Flush ends the sound. It fails when no stream has begun.
func (o *Ogg) Flush(dst []float32) ([]float32, error) {
	if o.channels == 0 {
		return dst, fault.Errorf("opus.Ogg", fault.Unsupported, "no Opus stream in this Ogg file: convert it with ffmpeg")
	}
	return dst, nil
}

func (o *Ogg) page(dst []float32, p *ogg.Page) ([]float32, error) {
	if p.Begin && len(p.Packets) > 0 && bytes.HasPrefix(p.Packets[0], []byte("OpusHead")) {
		if o.decoder == nil || o.frames > 0 { // parallel streams begin before the sound of any; a later beginning is a new chain
			return dst, o.open(p)
		}
		return dst, nil
	}
	if o.decoder == nil || p.Serial != o.serial {
		return dst, nil
	}
	was := len(dst)
	for _, packet := range p.Packets {
		if !o.tags {
			o.tags = true
			continue
		}
		frames, err := Frames(packet)
		if err != nil {
			continue // an empty packet: nothing was coded
		}
		if dst, err = o.decoder.Append(dst, packet); err != nil {
			return dst, err
		}
		o.frames += int64(frames)
	}
	if o.begin < 0 && p.Granule >= 0 && o.frames > 0 && !p.End {
		o.begin = max(0, p.Granule-o.frames)
	}
	if p.End {
		dst = o.trim(dst, was, p.Granule)
		o.decoder = nil
	}
	return dst, nil
}

// open begins a stream.
func (o *Ogg) open(p *ogg.Page) error {
	head, err := ParseHead(p.Packets[0])
	if err != nil {
		return err
	}
	if o.channels == 0 {
		o.channels = head.Channels
	}
	head.Channels = o.channels
	o.decoder, err = NewDecoder(head)
	o.serial, o.tags, o.begin, o.frames = p.Serial, false, -1, 0
	return err
}

// trim drops what lies behind the position of the last page (RFC 7845, 4.4).
func (o *Ogg) trim(dst []float32, was int, granule int64) []float32 {
	excess := o.frames + max(0, o.begin) - granule
	if granule < 0 || excess <= 0 {
		return dst
	}
	return dst[:max(int64(was), int64(len(dst))-excess*int64(o.channels))]
}
