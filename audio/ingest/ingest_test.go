package ingest

import (
	"encoding/binary"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/dauys/dauys/audio/g711"
	"github.com/dauys/dauys/audio/ogg"
	"github.com/dauys/dauys/fault"
)

// tone is 440 Hz at half of full scale in an encoding; the other channels are the same.
func tone(format string, rateHz, channels int) (out []byte) {
	for i := range rateHz {
		v := 0.5 * math.Sin(2*math.Pi*440*float64(i)/float64(rateHz))
		for range channels {
			s := int16(math.Round(v * 32768))
			switch format {
			case "pcm_s16le":
				out = binary.LittleEndian.AppendUint16(out, uint16(s))
			case "pcm_f32le":
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(v)))
			case "mulaw":
				out = append(out, g711.EncodeMuLaw(s))
			case "alaw":
				out = append(out, g711.EncodeALaw(s))
			}
		}
	}
	return out
}

func decode(t *testing.T, c Config, messages ...[]byte) []float32 {
	t.Helper()
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	var out []float32
	for _, m := range messages {
		part, err := d.Decode(m)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part...)
	}
	rest, err := d.Flush()
	if err != nil {
		t.Fatal(err)
	}
	return append(out, rest...)
}

// loudness of the tone in a second of sound: how much of it is the tone, and how much is not.
func loudness(x []float32) (level, rest float64) {
	var sine, cosine, power float64
	const from, to = 1600, 14400
	for i := from; i < to; i++ {
		s, c := math.Sincos(2 * math.Pi * 440 * float64(i) / 16000)
		v := float64(x[i])
		sine, cosine, power = sine+v*s, cosine+v*c, power+v*v
	}
	level = math.Hypot(sine, cosine) * 2 / (to - from)
	return level, math.Sqrt(math.Abs(power/(to-from) - level*level/2))
}

func TestEveryFormatGivesTheToneHoweverItIsCut(t *testing.T) {
	file := func(name string) []byte {
		b, err := os.ReadFile("../opus/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name  string
		conf  Config
		bytes []byte
		level float64
		rest  float64 // what the encoding adds
	}{
		{"s16", Config{"pcm_s16le", 16000, 1}, tone("pcm_s16le", 16000, 1), 0.5, 1e-4},
		{"s16 stereo 44.1 kHz", Config{"pcm_s16le", 44100, 2}, tone("pcm_s16le", 44100, 2), 0.5, 1e-4},
		{"f32 three channels 48 kHz", Config{"pcm_f32le", 48000, 3}, tone("pcm_f32le", 48000, 3), 0.5, 1e-4},
		{"mu-law without a number of channels", Config{Format: "mulaw", RateHz: 8000}, tone("mulaw", 8000, 1), 0.5, 0.01},
		{"A-law", Config{"alaw", 8000, 1}, tone("alaw", 8000, 1), 0.5, 0.01},
		{"Ogg", Config{Format: "ogg"}, file("tone.opus"), 0.5, 0.01},
		{"WebM, live", Config{Format: "webm"}, file("tone.live.webm"), 0.3535, 0.01},
		{"WebM of a browser, in progress", Config{Format: "webm"}, file("../../ingest/testdata/tone.chromium.webm"), 0.5, 0.02},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole := decode(t, c.conf, c.bytes)
			if level, rest := loudness(whole); math.Abs(level-c.level) > 0.003 || rest > c.rest {
				t.Errorf("level %.4f, rest %.5f", level, rest)
			}
			for _, piece := range []int{1, 3, 1000} {
				if got := decode(t, c.conf, slices.Collect(slices.Chunk(c.bytes, piece))...); !slices.Equal(got, whole) {
					t.Errorf("in pieces of %d bytes it sounds different", piece)
				}
			}
		})
	}
}

func TestPacketsComeOneAMessage(t *testing.T) {
	b, err := os.ReadFile("../opus/testdata/tone.opus")
	if err != nil {
		t.Fatal(err)
	}
	var messages [][]byte
	var d ogg.Demuxer
	if err := d.Append(b, func(p *ogg.Page) error {
		for _, packet := range p.Packets {
			messages = append(messages, slices.Clone(packet))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	got := decode(t, Config{Format: "opus"}, messages[2:]...) // without header and comments
	if level, rest := loudness(got); math.Abs(level-0.5) > 0.003 || rest > 0.01 || len(got) < 16000 {
		t.Errorf("%d samples, level %.4f, rest %.5f", len(got), level, rest)
	}
}

func TestWhatCannotBeHeardIsRefused(t *testing.T) {
	for _, c := range []Config{
		{Format: "mp3"},
		{Format: ""},
		{Format: "pcm_s16le"},
		{Format: "pcm_s16le", RateHz: 1},
		{Format: "pcm_s16le", RateHz: 16000, Channels: 65},
		{Format: "pcm_s16le", RateHz: 16000, Channels: -1},
		{Format: "mulaw", RateHz: 800000},
		{Format: "opus", Channels: 3},
	} {
		if _, err := New(c); fault.KindOf(err) != fault.Unsupported {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestDamageGivesWhatCameBeforeItAndAnError(t *testing.T) {
	d, err := New(Config{"pcm_f32le", 16000, 1})
	if err != nil {
		t.Fatal(err)
	}
	good := tone("pcm_f32le", 16000, 1)[:4000]
	out, err := d.Decode(binary.LittleEndian.AppendUint32(slices.Clone(good), math.Float32bits(float32(math.NaN()))))
	if len(out) != 1000 || fault.KindOf(err) != fault.Corrupt {
		t.Errorf("%d samples, %v", len(out), err)
	}
	for _, format := range []string{"webm", "opus"} {
		d, err := New(Config{Format: format})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Decode([]byte("\xFBtext")); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestLiveSoundDoesNotAllocate(t *testing.T) {
	d, err := New(Config{"pcm_s16le", 48000, 2})
	if err != nil {
		t.Fatal(err)
	}
	message := tone("pcm_s16le", 48000, 2)[:48000/10*4]
	if n := testing.AllocsPerRun(20, func() { _, _ = d.Decode(message) }); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}
