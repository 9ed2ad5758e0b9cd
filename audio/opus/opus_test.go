package opus

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

// container is what Ogg and WebM have in common.
type container interface {
	Append(dst []float32, b []byte) ([]float32, error)
	Flush(dst []float32) ([]float32, error)
	Format() (audio.Format, bool)
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t testing.TB, c container, b []byte, piece int) []float32 {
	t.Helper()
	var out []float32
	var err error
	for part := range slices.Chunk(b, piece) {
		if out, err = c.Append(out, part); err != nil {
			t.Fatal(err)
		}
	}
	if out, err = c.Flush(out); err != nil {
		t.Fatal(err)
	}
	return out
}

// A coded tone is the tone plus the codec's noise. The level of noise shows too whether pre-skip was taken off exactly: a
// tone of 440 Hz that comes a sample late is 25 dB away from itself.
func TestContainersGiveTheToneThatWasCoded(t *testing.T) {
	for _, c := range []struct {
		file     string
		make     func() container
		channels int
		frames   int // 0: the container does not tell where the sound ends within the last packet
		leastDB  float64
	}{
		{"tone.opus", func() container { return new(Ogg) }, 1, 48000, 30},
		{"tone.voip.opus", func() container { return new(Ogg) }, 1, 48000, 8}, // 16 kbit/s with a high-pass filter: libopus gives 9
		{"tone.webm", func() container { return new(WebM) }, 2, 0, 30},
		{"tone.live.webm", func() container { return new(WebM) }, 2, 0, 30},
	} {
		t.Run(c.file, func(t *testing.T) {
			b := read(t, c.file)
			whole := decode(t, c.make(), b, len(b))
			for _, piece := range []int{1, 7, 1000} {
				if !slices.Equal(decode(t, c.make(), b, piece), whole) {
					t.Errorf("in pieces of %d bytes it sounds different", piece)
				}
			}
			frames := len(whole) / c.channels
			if c.frames > 0 && frames != c.frames || frames < 48000 || frames > 48960+312 {
				t.Errorf("%d frames", frames)
			}
			at := func(i int) (heard, tone float64) {
				return float64(whole[i*c.channels]), math.Sin(2 * math.Pi * 440 * float64(i) / RateHz)
			}
			product, power, noise := 0.0, 0.0, 0.0
			for i := 4800; i < 43200; i++ {
				heard, tone := at(i)
				product, power = product+heard*tone, power+tone*tone
			}
			gain := product / power // ffmpeg pans a single channel to two with 1/sqrt(2); a low rate costs some level
			for i := 4800; i < 43200; i++ {
				heard, tone := at(i)
				noise += (heard - gain*tone) * (heard - gain*tone)
			}
			if gain < 0.34 || gain > 0.51 {
				t.Errorf("level %.3f", gain)
			}
			if db := 10 * math.Log10(gain*gain*power/noise); db < c.leastDB {
				t.Errorf("the tone is only %.1f dB above the rest", db)
			}
		})
	}
}

func TestBroadcastMayRestartItsStream(t *testing.T) {
	b := read(t, "tone.opus")
	if got := decode(t, new(Ogg), append(slices.Clone(b), b...), 4096); len(got) != 2*48000 {
		t.Errorf("%d frames", len(got))
	}
}

func TestDamageIsHeardAsAGapNotAsACrash(t *testing.T) {
	b := read(t, "tone.opus")
	for at := 200; at < len(b); at += 97 {
		broken := slices.Clone(b)
		broken[at] ^= 0x55
		o := new(Ogg)
		out, err := o.Append(nil, broken)
		if err != nil || len(out) >= 48000+960 {
			t.Fatalf("byte %d: %d frames, %v", at, len(out), err)
		}
	}
}

func TestWhatIsNotOpusIsRefused(t *testing.T) {
	o, w := new(Ogg), new(WebM)
	if _, err := o.Flush(nil); fault.KindOf(err) != fault.Unsupported {
		t.Errorf("empty Ogg: %v", err)
	}
	if _, err := w.Append(nil, []byte("hello, this is text")); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("text as WebM: %v", err)
	}
	w = new(WebM)
	if _, err := w.Append(nil, read(t, "tone.vorbis.webm")); fault.KindOf(err) != fault.Unsupported || !strings.Contains(err.Error(), "A_VORBIS") {
		t.Errorf("Vorbis in WebM: %v", err)
	}
	for name, head := range map[string]string{"short": "OpusHead", "six channels": "OpusHead\x01\x06\x00\x00\x80\xbb\x00\x00\x00\x00\x01", "version 16": "OpusHead\x10\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"} {
		if _, err := ParseHead([]byte(head)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestPacketsTellTheirLength(t *testing.T) {
	for _, c := range []struct {
		packet string
		want   int // 0: damaged
	}{
		{"", 0}, {"\x08", 960}, {"\x18", 2880}, {"\x78", 960}, {"\xE0", 120}, {"\xF8", 960}, {"\xF9", 1920}, {"\xFB", 0}, {"\xFB\x03", 2880}, {"\xFB\x00", 0}, {"\xFB\x3F", 0}, {"\x1B\x02", 5760},
	} {
		got, err := Frames([]byte(c.packet))
		if got != c.want || (err == nil) != (c.want > 0) {
			t.Errorf("%x: %d, %v, want %d", c.packet, got, err, c.want)
		}
	}
}

func TestSilentPacketIsSilence(t *testing.T) {
	d, err := NewDecoder(Head{Channels: 1})
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Append(nil, []byte{0x08})
	if err != nil || !slices.Equal(got, make([]float32, 960)) {
		t.Errorf("%d frames, %v", len(got), err)
	}
}

func FuzzPacket(f *testing.F) {
	f.Add([]byte{0xF8, 1, 2, 3}, []byte{0x08, 0xFF, 0})
	f.Add([]byte{0x7B, 0x83, 1, 1, 2}, []byte{})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		d, err := NewDecoder(Head{Channels: 2})
		if err != nil {
			t.Fatal(err)
		}
		var out []float32
		for _, p := range [][]byte{first, second, first} {
			out, _ = d.Append(out, p)
		}
		for _, v := range out {
			if v-v != 0 {
				t.Fatal("a sample is not finite")
			}
		}
		if len(out) > 3*2*maxFrames {
			t.Fatal("more samples than three packets hold")
		}
	})
}

func FuzzContainers(f *testing.F) {
	f.Add(read(f, "tone.opus")[:1200], 100)
	f.Add(read(f, "tone.webm")[:1500], 100)
	f.Fuzz(func(t *testing.T, b []byte, piece int) {
		piece = max(1, min(piece, 4096))
		for _, c := range []container{new(Ogg), new(WebM)} {
			var out []float32
			for part := range slices.Chunk(b, piece) {
				var err error
				if out, err = c.Append(out[:0], part); err != nil {
					break
				}
			}
			_, _ = c.Flush(out[:0])
		}
	})
}
