package webm

import (
	"slices"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
)

// el is an element with a size of eight bytes; size -1 is unknown.
func el(id uint32, body string) string { return elSize(id, int64(len(body))) + body }

func elSize(id uint32, size int64) string {
	var b []byte
	for shift := 24; shift >= 0; shift -= 8 {
		if c := byte(id >> shift); c != 0 || len(b) > 0 {
			b = append(b, c)
		}
	}
	if size < 0 {
		return string(b) + "\x01\xff\xff\xff\xff\xff\xff\xff"
	}
	b = append(b, 1)
	for shift := 48; shift >= 0; shift -= 8 {
		b = append(b, byte(size>>shift))
	}
	return string(b)
}

const blockHead = "\x81\x00\x00\x80" // track 1, time 0, key frame

// file is a live recording: a video track, then the audio track as number 1.
func file(blocks ...string) string {
	video := el(idTrackEntry, el(idTrackNumber, "\x02")+el(idTrackType, "\x01")+el(idCodecID, "V_VP8"))
	audio := el(idTrackEntry, el(idTrackNumber, "\x01")+el(idTrackType, "\x02")+el(idCodecID, "A_OPUS")+el(idCodecPrivate, "head"))
	return el(idEBML, el(idDocType, "webm")) + elSize(idSegment, -1) + el(0x1549A966, "info") + el(idTracks, video+audio) +
		elSize(idCluster, -1) + el(0xE7, "\x00") + strings.Join(blocks, "") + elSize(idCluster, -1)
}

func collect(b string, piece int) (packets []string, d *Demuxer, err error) {
	d = new(Demuxer)
	for part := range slices.Chunk([]byte(b), piece) {
		if err = d.Append(part, func(p []byte) error { packets = append(packets, string(p)); return nil }); err != nil {
			return packets, d, err
		}
	}
	return packets, d, nil
}

func TestPacketsOfTheAudioTrackComeOutHoweverBytesAreCut(t *testing.T) {
	b := file(el(idSimpleBlock, blockHead+"one"), el(idSimpleBlock, "\x82\x00\x00\x80"+strings.Repeat("v", 3000)),
		el(0xEC, strings.Repeat("\x00", 100000)), el(idBlockGroup, el(idBlock, blockHead+"two")+el(0x9B, "\x01")), el(idSimpleBlock, blockHead+"three"))
	for _, piece := range []int{1, 2, 13, 4096, len(b)} {
		got, d, err := collect(b, piece)
		track, ok := d.Track()
		if err != nil || !slices.Equal(got, []string{"one", "two", "three"}) || !ok || track.Codec != "A_OPUS" || string(track.Private) != "head" {
			t.Errorf("pieces of %d: %q, %+v, %v", piece, got, track, err)
		}
	}
}

func TestLacedPacketsComeApart(t *testing.T) {
	want := []string{"aaa", strings.Repeat("b", 300), "cc"}
	all := strings.Join(want, "")
	for name, c := range map[string]struct {
		block string
		want  []string
	}{
		"Xiph":  {"\x81\x00\x00\x82" + "\x02" + "\x03" + "\xff\x2d" + all, want},
		"EBML":  {"\x81\x00\x00\x86" + "\x02" + "\x83" + "\x61\x28" + all, want}, // 3, then +297 of two bytes: 0x2000 + 297 = 0x6128 less its marker
		"fixed": {"\x81\x00\x00\x84" + "\x02" + "aabbcc", []string{"aa", "bb", "cc"}},
	} {
		if got, _, err := collect(file(el(idSimpleBlock, c.block)), 50); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %.40q, %v", name, got, err)
		}
	}
}

func TestDamagedDocumentsAreRefused(t *testing.T) {
	for name, b := range map[string]string{
		"text":                   "hello, this is text",
		"another document":       el(idEBML, el(idDocType, "dauys")),
		"tracks without a size":  el(idEBML, "") + elSize(idSegment, -1) + elSize(idTracks, -1),
		"tracks of a terabyte":   el(idEBML, "") + elSize(idSegment, -1) + elSize(idTracks, 1<<40),
		"element without a size": el(idEBML, "") + elSize(idSegment, -1) + elSize(0xEC, -1),
		"block without a header": file(el(idSimpleBlock, "\x81")),
		"lace that is too long":  file(el(idSimpleBlock, "\x81\x00\x00\x82\x01\x09abc")),
		"lace without a count":   file(el(idSimpleBlock, "\x81\x00\x00\x82")),
		"no id":                  el(idEBML, "") + "\x00\x00",
	} {
		if _, _, err := collect(b, 1000); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDemuxer(f *testing.F) {
	f.Add(file(el(idSimpleBlock, blockHead+"one")), 9)
	f.Add(file(el(idSimpleBlock, "\x81\x00\x00\x86\x02\x83\x61\x28abc")), 100)
	f.Fuzz(func(t *testing.T, b string, piece int) {
		got, d, _ := collect(b, max(1, min(piece, 1<<16)))
		total := 0
		for _, p := range got {
			total += len(p)
		}
		if total > len(b) || cap(d.pending) > maxBlock+maxTracks+(256<<10) {
			t.Fatalf("%d packet bytes, %d held of %d", total, cap(d.pending), len(b))
		}
	})
}
