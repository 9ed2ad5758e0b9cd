package vad

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/tensor/cpu"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func device(t testing.TB, level string) *cpu.Device {
	t.Helper()
	d, err := cpu.New(cpu.Config{Level: level, Threads: 1})
	if err != nil {
		t.Skip(err) // a level that this machine lacks
	}
	t.Cleanup(d.Close)
	return d
}

func stream(t testing.TB, d *cpu.Device, path string) *Stream {
	t.Helper()
	m, err := Open(d, path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewStream()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// installed is the file of the default model.
func installed(t testing.TB) string {
	return filepath.Join(shared.Model(t, "silero-vad-v6"), "ggml-silero-v6.2.0.bin")
}

// samples reads a 16-bit mono WAV file with a header of 44 bytes.
func samples(t testing.TB, path string) []float32 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte("data")) + 8
	out := make([]float32, (len(b)-at)/2)
	for i := range out {
		out[i] = float32(int16(binary.LittleEndian.Uint16(b[at+2*i:]))) / 32768
	}
	return out
}

// golden reads a column of testdata/<sound>.probabilities.tsv (see generate.py).
func golden(t testing.TB, sound, column string) []float32 {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", sound+".probabilities.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	at := slices.Index(strings.Split(lines[1], "\t"), column)
	var out []float32
	for _, line := range lines[2:] {
		p, err := strconv.ParseFloat(strings.Split(line, "\t")[at], 32)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, float32(p))
	}
	return out
}

func TestProbabilitiesEqualOnnxruntime(t *testing.T) {
	const tolerance = 1e-4
	files := map[string]func(testing.TB) string{
		"ggml":        installed,
		"onnx":        func(t testing.TB) string { return shared.Path(t, "data/models/silero_vad.onnx") },
		"safetensors": func(t testing.TB) string { return shared.Path(t, "data/models/silero_vad_16k.safetensors") },
	}
	sounds := map[string]func(testing.TB) string{
		"speech": func(testing.TB) string { return "testdata/speech.wav" },
		"jfk":    func(t testing.TB) string { return shared.Path(t, "data/speech/en/jfk.wav") },
	}
	for _, level := range []string{"portable", "avx2", "avx512"} {
		for format, file := range files {
			for sound, path := range sounds {
				t.Run(level+"/"+format+"/"+sound, func(t *testing.T) {
					s := stream(t, device(t, level), file(t))
					worst := difference(t, s, samples(t, path(t)), golden(t, sound, format))
					t.Logf("largest difference %.2g", worst)
					if !(worst <= tolerance) {
						t.Errorf("largest difference %g", worst)
					}
				})
			}
		}
	}
}

// difference is the largest between the probabilities of x and want.
func difference(t *testing.T, s *Stream, x, want []float32) (worst float64) {
	t.Helper()
	if len(x)/FrameSamples != len(want) {
		t.Fatalf("%d frames, %d in the golden", len(x)/FrameSamples, len(want))
	}
	for i, w := range want {
		p, err := s.Probability(context.Background(), x[i*FrameSamples:(i+1)*FrameSamples])
		if err != nil {
			t.Fatal(err)
		}
		worst = max(worst, math.Abs(float64(p-w)))
	}
	return worst
}

func TestResetForgetsTheSound(t *testing.T) {
	s := stream(t, device(t, ""), installed(t))
	x, want := samples(t, "testdata/speech.wav"), golden(t, "speech", "ggml")
	for range 2 {
		if worst := difference(t, s, x, want); worst > 1e-4 {
			t.Errorf("largest difference %g", worst)
		}
		s.Reset()
	}
}

func TestStreamsDoNotHearEachOther(t *testing.T) {
	m, err := Open(device(t, ""), installed(t))
	if err != nil {
		t.Fatal(err)
	}
	x, want := samples(t, "testdata/speech.wav"), golden(t, "speech", "ggml")
	var streams [3]*Stream
	for i := range streams {
		if streams[i], err = m.NewStream(); err != nil {
			t.Fatal(err)
		}
		defer streams[i].Close()
	}
	for at := range want {
		for i, s := range streams { // stream i is i frames behind
			if at < i {
				continue
			}
			p, err := s.Probability(context.Background(), x[(at-i)*FrameSamples:][:FrameSamples])
			if err != nil || math.Abs(float64(p-want[at-i])) > 1e-4 {
				t.Fatalf("stream %d, frame %d: %g, want %g: %v", i, at-i, p, want[at-i], err)
			}
		}
	}
}

func TestProbabilityAllocatesNothing(t *testing.T) {
	s := stream(t, device(t, ""), installed(t))
	frame, ctx := make([]float32, FrameSamples), context.Background()
	if n := testing.AllocsPerRun(100, func() {
		if _, err := s.Probability(ctx, frame); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%g allocations a frame", n)
	}
}

func TestProbabilityRefusesOtherLengths(t *testing.T) {
	s := stream(t, device(t, ""), installed(t))
	for _, n := range []int{0, 1, 511, 513, 1024} {
		if _, err := s.Probability(context.Background(), make([]float32, n)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d samples: %v", n, err)
		}
	}
}

func TestOpenRefusesAnotherNetwork(t *testing.T) {
	_, err := Open(device(t, ""), shared.Path(t, "data/models/gtcrn_simple.onnx"))
	if fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), "weights missing: stft_conv.weight") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkProbability(b *testing.B) {
	s := stream(b, device(b, ""), installed(b))
	frame, ctx := samples(b, "testdata/speech.wav")[20*FrameSamples:21*FrameSamples], context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Probability(ctx, frame); err != nil {
			b.Fatal(err)
		}
	}
	frameSeconds := float64(FrameSamples) / 16000
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N)/frameSeconds, "%core/stream")
}
