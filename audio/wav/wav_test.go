package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"

	goaudio "github.com/go-audio/wav"
)

// file is a WAV file in parts, so that a test can make each part lie.
type file struct {
	tag, channels, frame, bits uint16
	rate                       uint32
	extra                      string // rest of the fmt chunk
	before                     string // chunks between fmt and data
	data                       string
	size                       int64 // in the data header; -1: the truth
	after                      string
}

func mono16(data string) file {
	return file{tag: 1, channels: 1, frame: 2, bits: 16, rate: 8000, data: data, size: -1}
}

func (f file) String() string {
	size := uint32(f.size)
	if f.size < 0 {
		size = uint32(len(f.data))
	}
	b := []byte("fmt ")
	b = binary.LittleEndian.AppendUint32(b, uint32(16+len(f.extra)))
	b = binary.LittleEndian.AppendUint16(b, f.tag)
	b = binary.LittleEndian.AppendUint16(b, f.channels)
	b = binary.LittleEndian.AppendUint32(b, f.rate)
	b = binary.LittleEndian.AppendUint32(b, f.rate*uint32(f.frame))
	b = binary.LittleEndian.AppendUint16(b, f.frame)
	b = binary.LittleEndian.AppendUint16(b, f.bits)
	b = append(b, f.extra+f.before+"data"...)
	b = binary.LittleEndian.AppendUint32(b, size)
	b = append(b, f.data+f.after...)
	return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(4+len(b)))) + "WAVE" + string(b)
}

func readAll(r audio.Source) (samples []float32, err error) {
	p := make([]float32, 64*7)
	for {
		n, err := r.Read(p)
		samples = append(samples, p[:n]...)
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return samples, err
		}
	}
}

func TestReadsWhatRecordersWrite(t *testing.T) {
	const half, quarter = "\x00\x40", "\x00\x20"
	with := func(f file, change func(*file)) file { change(&f); return f }
	plain := mono16(half + quarter)
	extensible := "\x16\x00" + "\x10\x00" + "\x04\x00\x00\x00" + "\x01\x00" + subformatTail
	for _, c := range []struct {
		name string
		file file
		want []float32
	}{
		{"plain", plain, []float32{0.5, 0.25}},
		{"empty", mono16(""), nil},
		{"one sample", mono16(half), []float32{0.5}},
		{"half a sample at the end", mono16(half + "\x01"), []float32{0.5}},
		{"streamed, size 0", with(plain, func(f *file) { f.size = 0 }), []float32{0.5, 0.25}},
		{"streamed, size 0xffffffff", with(plain, func(f *file) { f.size = 0xFFFFFFFF }), []float32{0.5, 0.25}},
		{"streamed by arecord", with(plain, func(f *file) { f.size = 0x80000000 }), []float32{0.5, 0.25}},
		{"empty with a list after it", with(mono16(""), func(f *file) { f.after = "LIST\x04\x00\x00\x00INFO" }), nil},
		{"odd chunk before the data", with(plain, func(f *file) { f.before = "LIST\x03\x00\x00\x00abc\x00" }), []float32{0.5, 0.25}},
		{"chunk after the data", with(plain, func(f *file) { f.after = "LIST\x04\x00\x00\x00INFO" }), []float32{0.5, 0.25}},
		{"extensible", with(plain, func(f *file) { f.tag, f.extra = tagExtensible, extensible }), []float32{0.5, 0.25}},
		{"fmt of 18 bytes", with(plain, func(f *file) { f.extra = "\x00\x00" }), []float32{0.5, 0.25}},
		{"24 bit", file{tag: 1, channels: 1, frame: 3, bits: 24, rate: 8000, data: "\x00\x00\x40", size: -1}, []float32{0.5}},
		{"20 bit in three bytes", file{tag: 1, channels: 1, frame: 3, bits: 20, rate: 8000, data: "\x00\x00\x40", size: -1}, []float32{0.5}},
		{"mu-law", file{tag: 7, channels: 1, frame: 1, bits: 8, rate: 8000, data: "\xff\xff", size: -1}, []float32{0, 0}},
		{"float at 768 kHz", file{tag: 3, channels: 1, frame: 4, bits: 32, rate: 768000, data: "\x00\x00\x00\xbf", size: -1}, []float32{-0.5}},
		{"eight channels", file{tag: 1, channels: 8, frame: 8, bits: 8, rate: 8000, data: "\x80\x80\x80\x80\x80\x80\x80\xc0", size: -1}, []float32{0, 0, 0, 0, 0, 0, 0, 0.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
				r, err := NewReader(wrap(strings.NewReader(c.file.String())))
				if err != nil {
					t.Fatal(err)
				}
				if got, err := readAll(r); err != nil || !slices.Equal(got, c.want) {
					t.Errorf("got %v, %v, want %v", got, err, c.want)
				}
			}
		})
	}
}

func TestBrokenHeadersAreRefusedWithTheReason(t *testing.T) {
	good := mono16("\x00\x40").String()
	for _, c := range []struct {
		name, in, want string
		kind           fault.Kind
	}{
		{"nothing", "", "ends inside", fault.Corrupt},
		{"text", "hello, this is text", "not a WAV file", fault.Corrupt},
		{"cut in the RIFF header", good[:10], "ends inside the RIFF header", fault.Corrupt},
		{"cut in the fmt chunk", good[:30], `ends inside chunk "fmt "`, fault.Corrupt},
		{"cut before the data", good[:36], "ends inside the chunk before the data", fault.Corrupt},
		{"a chunk that claims 4 GiB", good[:12] + "junk\xff\xff\xff\xff" + good[12:], `ends inside chunk "junk"`, fault.Corrupt},
		{"fmt chunk of 3 bytes", good[:12] + "fmt \x03\x00\x00\x00abc\x00" + good[36:], "has 3 bytes", fault.Corrupt},
		{"no fmt chunk", good[:12] + good[36:], "before the fmt chunk", fault.Corrupt},
		{"frame size lies", file{tag: 1, channels: 2, frame: 2, bits: 16, rate: 8000, size: -1}.String(), "contradicts itself", fault.Corrupt},
		{"no channels", file{tag: 1, channels: 0, bits: 16, rate: 8000, size: -1}.String(), "0 channels", fault.Unsupported},
		{"65 channels", file{tag: 1, channels: 65, frame: 130, bits: 16, rate: 8000, size: -1}.String(), "65 channels", fault.Unsupported},
		{"no rate", file{tag: 1, channels: 1, frame: 2, bits: 16, size: -1}.String(), "sample rate 0 Hz", fault.Unsupported},
		{"4 GHz", file{tag: 1, channels: 1, frame: 2, bits: 16, rate: 0xFFFFFFFF, size: -1}.String(), "sample rate", fault.Unsupported},
		{"ADPCM", file{tag: 2, channels: 1, frame: 1, bits: 4, rate: 8000, size: -1}.String(), "format 0x0002", fault.Unsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewReader(strings.NewReader(c.in))
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v (%v), want %q (%v)", err, fault.KindOf(err), c.want, c.kind)
			}
		})
	}
}

func TestCutOffRecordingGivesItsSamplesAndThenAnError(t *testing.T) {
	f := mono16("\x00\x40\x00\x20")
	f.size = 2000
	r, err := NewReader(strings.NewReader(f.String()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(r)
	if !slices.Equal(got, []float32{0.5, 0.25}) || fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), "2 of the 1000 frames") {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestRewindGivesTheSameSamplesAgain(t *testing.T) {
	f := mono16("\x00\x40\x00\x20\x01\x02")
	r, err := NewReader(strings.NewReader(f.String()))
	if err != nil {
		t.Fatal(err)
	}
	first, _ := readAll(r)
	if err := r.Rewind(); err != nil {
		t.Fatal(err)
	}
	if again, err := readAll(r); err != nil || !slices.Equal(first, again) || r.Frames() != 3 {
		t.Errorf("%v then %v, %v", first, again, err)
	}
	once, err := NewReader(iotest.DataErrReader(strings.NewReader(f.String())))
	if err != nil {
		t.Fatal(err)
	}
	if err := once.Rewind(); fault.KindOf(err) != fault.Unsupported {
		t.Errorf("rewinding a stream: %v", err)
	}
}

// The oracle reads 16-bit PCM correctly, and only that is asked of it.
func TestSpeechAgreesWithAnotherReader(t *testing.T) {
	f, err := os.Open(shared.Path(t, "data/speech/en/stereo_diarization.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	oracle, err := goaudio.NewDecoder(f).FullPCMBuffer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(r)
	if err != nil || r.Format() != (audio.Format{RateHz: 16000, Channels: 2}) || len(got) != len(oracle.Data) {
		t.Fatalf("%v, %d samples, want %d, %v", r.Format(), len(got), len(oracle.Data), err)
	}
	for i, v := range got {
		if v != float32(oracle.Data[i])/32768 {
			t.Fatalf("sample %d is %v, want %d", i, v, oracle.Data[i])
		}
	}
}

func TestWrittenFileReadsBack(t *testing.T) {
	in := []float32{0, 0.5, -1, 2, -3, 1.0 / 32768}
	var b bytes.Buffer
	if err := Write(&b, audio.Format{RateHz: 44100, Channels: 2}, in); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(r)
	if want := []float32{0, 0.5, -1, 32767.0 / 32768, -1, 1.0 / 32768}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(mono16("\x00\x40").String())
	f.Add(file{tag: tagExtensible, channels: 1, frame: 2, bits: 16, rate: 8000, data: "1234", extra: strings.Repeat("\x00", 24)}.String())
	f.Add("RF64\xff\xff\xff\xffWAVEds64\x1c\x00\x00\x00" + strings.Repeat("\xff", 28) + mono16("abcd").String()[12:])
	f.Fuzz(func(t *testing.T, in string) {
		r, err := NewReader(strings.NewReader(in))
		if err != nil {
			return
		}
		samples, _ := readAll(r)
		if len(samples) > len(in) || r.Frames() < 0 {
			t.Fatalf("%d samples of %d bytes", len(samples), len(in))
		}
		for i, v := range samples {
			if v-v != 0 {
				t.Fatalf("sample %d is %v", i, v)
			}
		}
	})
}
