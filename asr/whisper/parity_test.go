package whisper_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/whisper"
	sound "github.com/dauys/dauys/audio/decode"
	"github.com/dauys/dauys/audio/mel"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/internal/npy"
	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startBase loads Whisper base and runs it until the test ends.
func startBase(t *testing.T) *whisper.Transcriber {
	t.Helper()
	loaded, err := whisper.Load(shared.Model(t, "whisper-base"))
	if err != nil {
		t.Fatal(err)
	}
	device, err := cpu.New(cpu.Config{})
	if err != nil {
		t.Fatal(err)
	}
	programs, err := whisper.NewPrograms(whisper.ProgramsConfig{Model: loaded.Model, Device: device, CacheType: tensor.F16})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := whisper.NewTranscriber(whisper.TranscriberConfig{Programs: programs, Tokens: loaded.Tokens, Queue: 8})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- tr.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		programs.Close()
		device.Close()
		if err := loaded.Close(); err != nil {
			t.Error(err)
		}
	})
	return tr
}

// readSound gives a file's samples at 16 kHz.
func readSound(t *testing.T, path string) []float32 {
	t.Helper()
	file, err := sound.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	src, err := mono16k.New(file)
	if err != nil {
		t.Fatal(err)
	}
	var samples []float32
	block := make([]float32, 8192)
	for {
		n, err := src.Read(block)
		samples = append(samples, block[:n]...)
		if errors.Is(err, io.EOF) {
			return samples
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// window fills a 30 s window with a sound.
func window(t *testing.T, samples []float32, padding asr.Padding) []float32 {
	t.Helper()
	e, err := mel.New(80)
	if err != nil {
		t.Fatal(err)
	}
	raw, peak := whisper.RawFrames(e, samples, padding)
	frames := make([]float32, 3000*80)
	whisper.Fill(frames, raw, peak, padding)
	return frames
}

func readTSV(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, key := range rows[0] {
			m[key] = row[i]
		}
		out = append(out, m)
	}
	return out
}

// The goldens enc_jfk and enc_ru are the encoder's output for two recordings.
func TestEncoderEqualsTheReference(t *testing.T) {
	golden := shared.Path(t, "data/golden")
	tr := startBase(t)
	for name, path := range map[string]string{"jfk": "speech/en/jfk.wav", "ru": "speech/ru/test_sound_ru.wav"} {
		want, err := npy.ReadFile(filepath.Join(golden, "enc_"+name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		frames := window(t, readSound(t, shared.Path(t, "data/"+path)), asr.PadAudio)
		states := make([]float32, 1500*512)
		w, err := tr.Programs().Encode(t.Context(), frames, 1500, tensor.Batch, states)
		if err != nil {
			t.Fatal(err)
		}
		w.Release()
		worst := 0.0
		for i, v := range want.Data[:len(states)] {
			worst = max(worst, math.Abs(float64(states[i])-float64(v)))
		}
		t.Logf("%s: shape %v, greatest difference %.2g", name, want.Shape, worst)
		if !(worst < 2e-3) {
			t.Errorf("%s: greatest difference %g, want below 2e-3", name, worst)
		}
	}
}

// Greedy decoding without timestamps of each file, against what the reference programs heard.
func TestSameWordsAsTheReference(t *testing.T) {
	data := shared.Path(t, "data")
	tr := startBase(t)
	for _, c := range []struct {
		golden  string
		padding asr.Padding
	}{{"whisper-base-greedy.tsv", asr.PadAudio}, {"whisper-base-greedy-melpad.tsv", asr.PadMel}} {
		t.Run(c.golden, func(t *testing.T) {
			var same, all atomic.Int64
			var group errgroup.Group
			group.SetLimit(4) // windows that the memory holds
			for _, row := range readTSV(t, filepath.Join(data, "golden", c.golden)) {
				all.Add(1)
				frames := window(t, readSound(t, filepath.Join(data, row["path"])), c.padding)
				group.Go(func() error {
					r, err := readGreedily(t.Context(), tr, frames, row["lang"])
					if err == nil && sameWords(r, row) {
						same.Add(1)
					} else if err == nil {
						t.Logf("%s: %q, the reference %q", row["path"], r.Text, row["hypothesis"])
					}
					return err
				})
			}
			if err := group.Wait(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d of %d files are the same", same.Load(), all.Load())
			if float64(same.Load()) < 0.95*float64(all.Load()) {
				t.Errorf("%d of %d files are the same, want 95 %%", same.Load(), all.Load())
			}
		})
	}
}

func readGreedily(ctx context.Context, tr *whisper.Transcriber, frames []float32, language string) (whisper.Reading, error) {
	w, err := tr.Hear(ctx, frames, 1500, decode.Batch)
	if err != nil {
		return whisper.Reading{}, err
	}
	defer w.Release()
	return tr.Read(ctx, w, whisper.ReadOptions{Language: language, Beam: 1, NoTimestamps: true, NoFallback: true, NoGuard: true})
}

// sameWords compares a text, and its tokens where the golden has them.
func sameWords(r whisper.Reading, row map[string]string) bool {
	tokens := make([]string, len(r.Tokens))
	for i, token := range r.Tokens {
		tokens[i] = strconv.Itoa(int(token))
	}
	want, ok := row["tokens"]
	return r.Text == strings.TrimRight(strings.TrimSpace(row["hypothesis"]), "\uFFFD") && (!ok || want == strings.Join(tokens, " "))
}
