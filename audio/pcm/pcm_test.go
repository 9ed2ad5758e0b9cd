package pcm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

func TestEveryEncodingMapsItsExtremes(t *testing.T) {
	f32 := binary.LittleEndian.AppendUint32(nil, math.Float32bits(-0.25))
	f64 := binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.125))
	for _, c := range []struct {
		encoding Encoding
		in       []byte
		want     []float32
	}{
		{S16LE, []byte{0, 0x80, 0xFF, 0x7F, 1, 0}, []float32{-1, 32767.0 / 32768, 1.0 / 32768}},
		{U8, []byte{0, 128, 255}, []float32{-1, 0, 127.0 / 128}},
		{S24LE, []byte{0, 0, 0x80, 1, 0, 0}, []float32{-1, 1.0 / (1 << 23)}},
		{S32LE, []byte{0, 0, 0, 0x80, 0, 0, 0, 0x40}, []float32{-1, 0.5}},
		{F32LE, f32, []float32{-0.25}},
		{F64LE, f64, []float32{0.125}},
		{MuLaw, []byte{0x80, 0xFF}, []float32{32124.0 / 32768, 0}},
		{ALaw, []byte{0xAA}, []float32{32256.0 / 32768}},
	} {
		t.Run(c.encoding.String(), func(t *testing.T) {
			d := Decoder{Encoding: c.encoding}
			got, err := d.Append(nil, c.in)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
			if e, err := Parse(c.encoding.String()); err != nil || e != c.encoding {
				t.Errorf("name does not come back: %v, %v", e, err)
			}
		})
	}
}

func TestBytesMayBeCutAnywhere(t *testing.T) {
	raw := make([]byte, 24*5)
	for i := range raw {
		raw[i] = byte(i * 7 % 61) // small exponents: finite as floats
	}
	for e := range layouts {
		whole := Decoder{Encoding: Encoding(e)}
		want, err := whole.Append(nil, raw)
		if err != nil {
			t.Fatal(err)
		}
		for step := 1; step < 12; step++ {
			d := Decoder{Encoding: Encoding(e)}
			var got []float32
			for part := range slices.Chunk(raw, step) {
				if got, err = d.Append(got, part); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(got, want) || d.Pending() != 0 {
				t.Errorf("%s in pieces of %d bytes differs", Encoding(e), step)
			}
		}
	}
}

func TestNotANumberIsAnErrorThatNamesTheSample(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		var raw []byte
		for _, v := range []float32{0, 0.5, float32(bad), 1} {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		d := Decoder{Encoding: F32LE}
		got, err := d.Append(nil, raw)
		if len(got) != 2 || fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), "sample 2 ") {
			t.Errorf("%v: got %v, %v", bad, got, err)
		}
	}
}

func TestReaderGivesWholeFramesAndDropsAnUnfinishedOne(t *testing.T) {
	raw := make([]byte, 2*3*1000+2*2+1) // 1000 frames of 3 channels, two thirds of a frame, half a sample
	for i := range raw {
		raw[i] = byte(i)
	}
	r, err := NewReader(iotest.HalfReader(bytes.NewReader(raw)), S16LE, audio.Format{RateHz: 8000, Channels: 3})
	if err != nil {
		t.Fatal(err)
	}
	total, p := 0, make([]float32, 100)
	for {
		n, err := r.Read(p)
		if n%3 != 0 {
			t.Fatalf("%d samples are not whole frames", n)
		}
		total += n
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if total != 3000 {
		t.Errorf("%d samples, want 3000", total)
	}
}

func TestFormatsOutsideTheLimitsAreRefused(t *testing.T) {
	for _, c := range []struct {
		rate, channels int
		ok             bool
	}{{1, 1, true}, {768000, 64, true}, {0, 1, false}, {768001, 1, false}, {8000, 0, false}, {8000, 65, false}, {-1, -1, false}} {
		err := Check(audio.Format{RateHz: c.rate, Channels: c.channels})
		if (err == nil) != c.ok {
			t.Errorf("%d Hz, %d channels: %v", c.rate, c.channels, err)
		}
	}
}

func FuzzDecoderGivesFiniteSamples(f *testing.F) {
	f.Add(byte(0), []byte{1, 2, 3}, 1)
	f.Add(byte(4), []byte{0, 0, 0xc0, 0x7f}, 2)
	f.Fuzz(func(t *testing.T, e byte, raw []byte, cut int) {
		d := Decoder{Encoding: Encoding(int(e) % len(layouts))}
		cut = max(0, min(cut, len(raw)))
		a, err := d.Append(nil, raw[:cut])
		if err == nil {
			a, _ = d.Append(a, raw[cut:])
		}
		if notFinite(a) >= 0 || len(a) > len(raw) {
			t.Fatal("a sample is not finite, or there are more samples than bytes")
		}
	})
}
