package tiny_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/asr/whisper/tiny"
	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/cpu"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs the tiny model, with memory for the given number of windows.
func start(t *testing.T, windows int) *whisper.Transcriber {
	t.Helper()
	dir := t.TempDir()
	if err := tiny.Write(dir); err != nil {
		t.Fatal(err)
	}
	loaded, err := whisper.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	device, err := cpu.New(cpu.Config{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	programs, err := whisper.NewPrograms(whisper.ProgramsConfig{Model: loaded.Model, Device: device, Windows: windows})
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

// hum is mel frames of a rising tone.
func hum(frames int) []float32 {
	mel := make([]float32, frames*80)
	for i := range mel {
		mel[i] = float32(math.Sin(float64(i%80-i/80)/5)) / 2
	}
	return mel
}

func hear(t *testing.T, tr *whisper.Transcriber, frames int) *whisper.Window {
	t.Helper()
	w, err := tr.Hear(t.Context(), hum(frames), tr.Programs().Bucket(frames), decode.Interactive)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestShortWindowsTakeShortBuckets(t *testing.T) {
	tr := start(t, 1)
	for frames, want := range map[int]int{1: 150, 300: 150, 301: 250, 2500: 1250, 2501: 1500, 3000: 1500} {
		if got := tr.Programs().Bucket(frames); got != want {
			t.Errorf("%d frames take %d positions, want %d", frames, got, want)
		}
	}
}

// A text that is settled already is read, not written again: reading goes on as it did without the cut.
func TestPrefixIsContinued(t *testing.T) {
	tr := start(t, 1)
	w := hear(t, tr, 300)
	defer w.Release()
	o := whisper.ReadOptions{Language: "en", Beam: 1, NoTimestamps: true, NoFallback: true, NoGuard: true}
	whole, err := tr.Read(t.Context(), w, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Tokens) < 6 {
		t.Skipf("the model says too little: %v", whole.Tokens)
	}
	o.Prefix = whole.Tokens[:4]
	rest, err := tr.Read(t.Context(), w, o)
	if err != nil {
		t.Fatal(err)
	}
	if n := min(len(rest.Tokens), len(whole.Tokens)-4); !slices.Equal(rest.Tokens[:n], whole.Tokens[4:4+n]) {
		t.Errorf("after %v came %v, want %v", o.Prefix, rest.Tokens[:n], whole.Tokens[4:4+n])
	}
}

func TestLongPromptsAreCutToFit(t *testing.T) {
	tr := start(t, 1)
	w := hear(t, tr, 300)
	defer w.Release()
	earlier := make([]int32, 600)
	for i := range earlier {
		earlier[i] = int32(300 + i)
	}
	r, err := tr.Read(t.Context(), w, whisper.ReadOptions{
		Language: "kk", Beam: 2, Earlier: earlier, HotWords: []string{"!", "\"", "#$"}, Prefix: earlier[:300], NoFallback: true, NoGuard: true,
	})
	if err != nil || len(r.Tokens) == 0 && r.AvgLogProb == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
}

func TestDetectionIsADistributionOverTheSet(t *testing.T) {
	tr := start(t, 1)
	w := hear(t, tr, 300)
	defer w.Release()
	p, err := tr.Detect(t.Context(), w, []string{"kk", "ru", "en"}, decode.Interactive)
	if err != nil || math.Abs(p[0]+p[1]+p[2]-1) > 1e-6 {
		t.Fatalf("%v, %v", p, err)
	}
	if _, err := tr.Detect(t.Context(), w, []string{"kk", "xx"}, decode.Interactive); fault.KindOf(err) != fault.Invalid {
		t.Errorf("unknown language: %v", err)
	}
}

func TestWindowsWaitForMemory(t *testing.T) {
	tr := start(t, 1)
	w := hear(t, tr, 3000) // all there is
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tr.Hear(ctx, hum(3000), 1500, decode.Interactive); fault.KindOf(err) != fault.Canceled {
		t.Errorf("a cancelled wait gave %v", err)
	}
	heard := make(chan error, 1)
	go func() {
		second, err := tr.Hear(t.Context(), hum(100), 150, decode.Interactive)
		if err == nil {
			second.Release()
		}
		heard <- err
	}()
	w.Release()
	if err := <-heard; err != nil {
		t.Error(err)
	}
}

func TestWordsLieInTheirWindow(t *testing.T) {
	tr := start(t, 1)
	w := hear(t, tr, 300)
	defer w.Release()
	tokens := []int32{400, 401, 402, 13, 50364 + 50, 403}
	words, err := tr.Align(t.Context(), w, "en", tokens, nil, 280, decode.Interactive)
	if err != nil || len(words) == 0 {
		t.Fatalf("%v, %v", words, err)
	}
	last := 0.0
	for _, word := range words {
		if word.Start < last || word.End < word.Start || word.End > 2.8 {
			t.Errorf("%q at %v..%v after %v", word.Text, word.Start, word.End, last)
		}
		last = word.Start
	}
	if none, err := tr.Align(t.Context(), w, "en", nil, nil, 280, decode.Interactive); err != nil || len(none) != 0 {
		t.Errorf("no tokens: %v, %v", none, err)
	}
}
