package ogg

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/fault"
)

// pages writes packets as RFC 3533 says, with pages of at most segments segments.
func pages(serial uint32, segments int, packets ...string) (out []byte) {
	var table, body []byte
	flags, sequence := byte(2), uint32(0)
	flush := func(continues, end bool) {
		if end {
			flags |= 4
		}
		b := append([]byte("OggS\x00"), flags)
		b = binary.LittleEndian.AppendUint64(b, uint64(sequence)*100)
		b = binary.LittleEndian.AppendUint32(b, serial)
		b = binary.LittleEndian.AppendUint32(b, sequence)
		b = append(b, 0, 0, 0, 0, byte(len(table)))
		b = append(append(b, table...), body...)
		binary.LittleEndian.PutUint32(b[22:], checksum(b))
		out = append(out, b...)
		table, body, flags = nil, nil, 0
		sequence++
		if continues {
			flags = 1
		}
	}
	for _, p := range packets {
		for rest := p; ; {
			n := min(len(rest), 255)
			table, body = append(table, byte(n)), append(body, rest[:n]...)
			rest = rest[n:]
			if len(table) == segments {
				flush(n == 255, false)
			}
			if n < 255 {
				break
			}
		}
	}
	flush(false, true)
	return out
}

func collect(t testing.TB, b []byte, piece int) (packets []string, d *Demuxer) {
	t.Helper()
	d = new(Demuxer)
	for part := range slices.Chunk(b, piece) {
		err := d.Append(part, func(p *Page) error {
			for _, packet := range p.Packets {
				packets = append(packets, string(packet))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return packets, d
}

func TestPacketsComeBackHoweverPagesAndBytesAreCut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var packets []string
		for range rapid.IntRange(1, 6).Draw(rt, "packets") {
			n := rapid.SampledFrom([]int{0, 1, 254, 255, 256, 510, 2000}).Draw(rt, "length")
			packets = append(packets, strings.Repeat(string(rune('a'+len(packets))), n))
		}
		b := pages(7, rapid.IntRange(1, 255).Draw(rt, "segments"), packets...)
		got, d := collect(t, b, rapid.IntRange(1, len(b)).Draw(rt, "piece"))
		if !slices.Equal(got, packets) || d.Lost() != 0 {
			rt.Fatalf("%d packets of %d, %d pages lost", len(got), len(packets), d.Lost())
		}
	})
}

func TestDamagedPageIsLeftOutAndJunkIsSkipped(t *testing.T) {
	b := pages(7, 1, "one", "two", "three")
	at := bytes.Index(b, []byte("two"))
	b[at] = 'T'
	got, d := collect(t, append([]byte("junk OggS junk"), b...), 5)
	if !slices.Equal(got, []string{"one", "three"}) || d.Lost() == 0 {
		t.Errorf("%q, %d lost", got, d.Lost())
	}
}

func TestPacketWhoseBeginningWasLostIsLeftOut(t *testing.T) {
	b := pages(7, 1, strings.Repeat("x", 300), "next")
	second := bytes.Index(b[1:], []byte("OggS")) + 1
	got, _ := collect(t, b[second:], 1000)
	if !slices.Equal(got, []string{"next"}) {
		t.Errorf("%q", got)
	}
}

func TestStreamsDoNotMix(t *testing.T) {
	a, b := pages(1, 1, strings.Repeat("a", 300)), pages(2, 1, strings.Repeat("b", 300))
	half := bytes.Index(a[1:], []byte("OggS")) + 1
	mixed := slices.Concat(a[:half], b[:half], a[half:], b[half:])
	got, _ := collect(t, mixed, 64)
	if !slices.Equal(got, []string{strings.Repeat("a", 300), strings.Repeat("b", 300)}) {
		t.Errorf("%q", got)
	}
}

func TestEndlessJunkIsRefused(t *testing.T) {
	d := new(Demuxer)
	if err := d.Append(make([]byte, maxJunk+100), nil); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("got %v", err)
	}
}

func FuzzDemuxer(f *testing.F) {
	f.Add(pages(7, 3, "one", strings.Repeat("two", 200)), 10)
	f.Fuzz(func(t *testing.T, b []byte, piece int) {
		d, total := new(Demuxer), 0
		for part := range slices.Chunk(b, max(1, min(piece, 1<<16))) {
			err := d.Append(part, func(p *Page) error {
				for _, packet := range p.Packets {
					total += len(packet)
				}
				return nil
			})
			if err != nil {
				return
			}
		}
		if total > len(b) {
			t.Fatal("more packet bytes than bytes")
		}
	})
}
