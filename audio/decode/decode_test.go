package decode

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func needFFmpeg(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		if os.Getenv("DAUYS_REQUIRE") != "" {
			t.Fatal(err)
		}
		t.Skip("needs the ffmpeg program")
	}
}

func readAll(s audio.Source) (samples []float32, err error) {
	p := make([]float32, 60*64)
	for {
		n, err := s.Read(p)
		samples = append(samples, p[:n]...)
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return samples, err
		}
	}
}

// toneWAV is a WAV file of 0.2 s of 440 Hz.
func toneWAV(t *testing.T) []byte {
	t.Helper()
	x := make([]float32, 3200)
	for i := range x {
		x[i] = float32(0.5 * math.Sin(2*math.Pi*440*float64(i)/16000))
	}
	var b bytes.Buffer
	if err := wav.Write(&b, audio.Format{RateHz: 16000, Channels: 1}, x); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// store writes a file under a name that says nothing true.
func store(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestContentCountsNotTheName(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		format  audio.Format
		frames  int
	}{
		"wav.mp3":  {toneWAV(t), audio.Format{RateHz: 16000, Channels: 1}, 3200},
		"flac.wav": {load(t, "../flac/testdata/tone.16.flac"), audio.Format{RateHz: 8000, Channels: 1}, 1600},
		"mp3.wav":  {load(t, "../mp3/testdata/tone.24000.stereo.mp3"), audio.Format{RateHz: 24000, Channels: 2}, 24000},
		"opus":     {load(t, "../opus/testdata/tone.opus"), audio.Format{RateHz: 48000, Channels: 1}, 48000},
		"webm.txt": {load(t, "../opus/testdata/tone.live.webm"), audio.Format{RateHz: 48000, Channels: 2}, 48648},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Open(t.Context(), store(t, name, c.content))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			first, err := readAll(f)
			if err != nil || f.Format() != c.format || len(first) != c.frames*c.format.Channels {
				t.Fatalf("%v, %d samples, %v", f.Format(), len(first), err)
			}
			if err := f.Rewind(); err != nil {
				t.Fatal(err)
			}
			again, err := readAll(f)
			if err != nil || !slices.Equal(first, again) {
				t.Errorf("the second reading differs: %d samples, %v", len(again), err)
			}
			s, err := Seeker(t.Context(), bytes.NewReader(c.content), name)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got, err := readAll(s); err != nil || !slices.Equal(first, got) {
				t.Errorf("an upload differs: %d samples, %v", len(got), err)
			}
			once, err := Reader(t.Context(), io.MultiReader(bytes.NewReader(c.content)), name)
			if err != nil {
				t.Fatal(err)
			}
			defer once.Close()
			if got, err := readAll(once); err != nil || !slices.Equal(first, got) {
				t.Errorf("a stream differs: %d samples, %v", len(got), err)
			}
		})
	}
}

func TestWhatIsNoSoundSaysSoInOneLine(t *testing.T) {
	good := toneWAV(t)
	short := slices.Clone(good)
	for _, c := range []struct {
		name    string
		content []byte
		want    string
		kind    fault.Kind
	}{
		{"empty.wav", nil, "empty.wav is empty", fault.Corrupt},
		{"text.wav", []byte("Сәлем, this is a text.\n"), "text.wav is a text", fault.Invalid},
		{"header.wav", good[:20], "ends inside", fault.Corrupt},
		{"half.wav", short[:2000], "978 of the 3200 frames", fault.Corrupt},
		{"riff.wav", []byte("RIFF"), "ends inside the RIFF header", fault.Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Open(t.Context(), store(t, c.name, c.content))
			if err == nil {
				defer f.Close()
				_, err = readAll(f)
			}
			if fault.KindOf(err) != c.kind || !strings.Contains(fault.Text(err), c.want) || !strings.Contains(err.Error(), c.name) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v: %v", fault.KindOf(err), err)
			}
		})
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "absent.wav")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("absent: %v", err)
	}
	if _, err := Open(t.Context(), t.TempDir()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("folder: %v", err)
	}
}

func TestOtherFormatsGoThroughTheProgram(t *testing.T) {
	needFFmpeg(t)
	vorbis := load(t, "../opus/testdata/tone.vorbis.webm")
	path := store(t, "tone.webm", vorbis)
	f, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first, err := readAll(f)
	if err != nil || len(first) < 47000 {
		t.Fatalf("%d samples, %v", len(first), err)
	}
	if err := f.Rewind(); err != nil {
		t.Fatal(err)
	}
	if again, err := readAll(f); err != nil || !slices.Equal(first, again) {
		t.Errorf("the second reading: %d samples, %v", len(again), err)
	}
	before, _ := filepath.Glob(filepath.Join(os.TempDir(), "dauys-sound-*"))
	s, err := Seeker(t.Context(), bytes.NewReader(vorbis), "upload")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := readAll(s)
		if err != nil || !slices.Equal(first, got) {
			t.Errorf("an upload: %d samples, %v", len(got), err)
		}
		if err := s.Rewind(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if after, _ := filepath.Glob(filepath.Join(os.TempDir(), "dauys-sound-*")); len(after) > len(before) {
		t.Errorf("temporary files stay: %v", after)
	}
	junk := bytes.Repeat([]byte{1, 0, 2, 255}, 5000)
	if _, err := Reader(t.Context(), bytes.NewReader(junk), "standard input"); fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), "ffmpeg cannot read standard input") {
		t.Errorf("junk: %v", err)
	}
}

func TestRealRecordingsOpen(t *testing.T) {
	needFFmpeg(t)
	for _, name := range []string{
		"speech/en/jfk.mp3", "speech/en/hotwords.mp3", "speech/ru/sample_3.mp3", "speech/ru/privet_oleg.aac", "speech/ru/test_mpeg.m4a", "noise/waltz.ogg",
		"noise/silero_vad_test.opus", "telephony/tone_short_ru_8k.flac", "diarization/ami/dev00.wav", "speech/en/stereo_diarization.wav",
	} {
		f, err := Open(t.Context(), shared.Path(t, "data/"+name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		mono, err := mono16k.New(f)
		if err != nil {
			t.Fatal(err)
		}
		x, err := readAll(mono)
		power := 0.0
		for _, v := range x {
			power += float64(v) * float64(v)
		}
		if rms := math.Sqrt(power / float64(len(x))); err != nil || len(x) < 8000 || rms < 0.001 || rms > 0.5 {
			t.Errorf("%s: %d samples, loudness %.4f, %v", name, len(x), rms, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// endless is a WAV file of hours that nobody stored.
type endless struct {
	header []byte
	left   int64
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.header) > 0 {
		n := copy(p, e.header)
		e.header = e.header[n:]
		return n, nil
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	e.left -= int64(n)
	clear(p[:n])
	return n, nil
}

func TestLongRecordingDoesNotGrowTheMemory(t *testing.T) {
	const seconds, bytes = longHours * 3600, longHours * 3600 * 32000
	header := toneWAV(t)[:44]
	copy(header[40:], []byte{byte(bytes & 0xFF), byte(bytes >> 8 & 0xFF), byte(bytes >> 16 & 0xFF), byte(bytes >> 24)})
	s, err := Reader(t.Context(), &endless{header, bytes}, "long")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mono, err := mono16k.New(s)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, total := make([]float32, 16000), 0
	for {
		n, err := mono.Read(p)
		total += n
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; total != seconds*16000 || grown > 1<<20 {
		t.Errorf("%d samples, %d bytes allocated on the way", total, grown)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("RIFF\x24\x00\x00\x00WAVEfmt "))
	f.Add([]byte("OggS\x00\x02OpusHead"))
	f.Add([]byte("\x1A\x45\xDF\xA3\x80\x18\x53\x80\x67\xFF"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		r := bufio.NewReaderSize(bytes.NewReader(b), 2*sniffBytes)
		k, err := sniff(r, "x")
		if err != nil || k == unknown {
			return // the program is not asked here
		}
		if s, err := native(k, r); err == nil {
			_, _ = readAll(s)
		}
	})
}
