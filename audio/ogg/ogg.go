// Package ogg takes Ogg apart (RFC 3533): bytes, cut anywhere, become pages of packets. Pages whose checksum is wrong are left out, and
// what lies between pages is skipped, as happens after joining a broadcast in its middle.
package ogg

import (
	"bytes"
	"encoding/binary"

	"github.com/dauys/dauys/fault"
)

const (
	headerBytes = 27                          // before the segment table
	maxPage     = headerBytes + 255 + 255*255 // RFC 3533, 6
	maxPacket   = 1 << 20                     // longer packets, pictures among the comments, are cut off here
	maxJunk     = 1 << 20                     // bytes without a page, then it is no Ogg
)

// Page is what one page completes. Its packets are valid until the next call of Append.
type Page struct {
	Serial  uint32 // of the logical stream
	Granule int64  // position at the end of the last packet, -1 when no packet ends here
	Begin   bool   // first page of its stream
	End     bool   // last page of its stream
	Packets [][]byte
}

// Demuxer finds pages. The zero value is ready.
type Demuxer struct {
	pending []byte
	junk    int
	lost    int
	partial map[uint32][]byte // unfinished packets by stream
}

// maxStreams bounds how many logical streams are followed at once.
const maxStreams = 16

// Lost is the number of pages that were damaged.
func (d *Demuxer) Lost() int { return d.lost }

// Append takes bytes and calls page for every page that they complete.
func (d *Demuxer) Append(b []byte, page func(*Page) error) error {
	for len(b) > 0 {
		n := min(len(b), maxPage)
		d.pending = append(d.pending, b[:n]...)
		b = b[n:]
		if err := d.pages(page); err != nil {
			return err
		}
	}
	return nil
}

// pages takes whole pages from what is pending.
func (d *Demuxer) pages(page func(*Page) error) error {
	at := 0
	defer func() { d.pending = d.pending[:copy(d.pending, d.pending[at:])] }()
	for {
		start := bytes.Index(d.pending[at:], []byte("OggS"))
		if start < 0 {
			start = max(0, len(d.pending)-at-3)
		}
		d.junk += start
		at += start
		if d.junk > maxJunk {
			return fault.Errorf("ogg.Append", fault.Corrupt, "no Ogg page within %d bytes: the sound is damaged or is not Ogg", maxJunk)
		}
		raw := whole(d.pending[at:])
		if raw == nil {
			return nil
		}
		if len(raw) == 0 || checksum(raw) != binary.LittleEndian.Uint32(raw[22:]) {
			d.lost++
			d.junk++
			at++ // look for the next page inside of this one
			continue
		}
		at += len(raw)
		d.junk = 0
		if err := page(d.parse(raw)); err != nil {
			return err
		}
	}
}

// whole gives the page at the beginning of b: nil when bytes are missing, empty when there is no page.
func whole(b []byte) []byte {
	if len(b) < headerBytes || len(b) < headerBytes+int(b[26]) {
		return nil
	}
	if string(b[:4]) != "OggS" || b[4] != 0 {
		return b[:0]
	}
	size := headerBytes + int(b[26])
	for _, segment := range b[headerBytes:size] {
		size += int(segment)
	}
	if len(b) < size {
		return nil
	}
	return b[:size]
}

// parse splits a page into packets and joins them with what earlier pages left.
func (d *Demuxer) parse(raw []byte) *Page {
	flags := raw[5]
	p := &Page{Granule: int64(binary.LittleEndian.Uint64(raw[6:])), Serial: binary.LittleEndian.Uint32(raw[14:]), Begin: flags&2 != 0, End: flags&4 != 0}
	packet, continued := d.partial[p.Serial]
	if flags&1 == 0 || p.Begin {
		packet, continued = nil, false
	}
	table := raw[headerBytes : headerBytes+int(raw[26])]
	body := raw[headerBytes+len(table):]
	skip := flags&1 != 0 && !continued // the rest of a packet whose beginning was lost
	for _, segment := range table {
		if room := maxPacket - len(packet); !skip {
			packet = append(packet, body[:min(int(segment), room)]...)
		}
		body = body[segment:]
		if segment < 255 {
			if !skip {
				p.Packets = append(p.Packets, packet)
			}
			packet, skip = nil, false
		}
	}
	d.keep(p.Serial, packet, len(table) > 0 && table[len(table)-1] == 255 && !skip)
	return p
}

// keep remembers the unfinished packet of a stream.
func (d *Demuxer) keep(serial uint32, packet []byte, unfinished bool) {
	if !unfinished {
		delete(d.partial, serial)
		return
	}
	if d.partial == nil {
		d.partial = make(map[uint32][]byte)
	}
	if _, known := d.partial[serial]; known || len(d.partial) < maxStreams {
		d.partial[serial] = packet
	}
}

// table of the checksum: polynomial 0x04c11db7, not reflected (RFC 3533, 6, field 7).
var table = func() (t [256]uint32) {
	for i := range t {
		r := uint32(i) << 24
		for range 8 {
			if r&0x80000000 != 0 {
				r = r<<1 ^ 0x04c11db7
			} else {
				r <<= 1
			}
		}
		t[i] = r
	}
	return t
}()

// checksum of a page whose own field counts as zero.
func checksum(page []byte) (sum uint32) {
	for i, b := range page {
		if i >= 22 && i < 26 {
			b = 0
		}
		sum = sum<<8 ^ table[byte(sum>>24)^b]
	}
	return sum
}
