package engine_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/engine"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/models"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if folder, err := tinyFolder(); err == nil {
			_ = os.RemoveAll(folder.Dir)
		}
		os.Exit(code)
	}))
}

// realEngine has the installed models.
func realEngine(t *testing.T) *engine.Engine {
	t.Helper()
	shared.Model(t, "silero-vad-v6")
	dir := filepath.Dir(shared.Model(t, "whisper-base"))
	e, err := engine.New(engine.Config{Models: models.Folder{Dir: dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func open(t *testing.T, path string) audio.Source {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	r, err := wav.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	src, err := mono16k.New(r)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func samplesOf(t *testing.T, path string) []float32 {
	t.Helper()
	src := open(t, path)
	var all []float32
	block := make([]float32, 4096)
	for {
		n, err := src.Read(block)
		all = append(all, block[:n]...)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func words(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" ,.!?", r) }), " ")
}

const jfkWords = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"

func TestRecordingBecomesSegmentsWithWords(t *testing.T) {
	e := realEngine(t)
	path := shared.Path(t, "data/speech/en/jfk.wav")
	tr, err := e.Recognize(t.Context(), open(t, path), asr.Options{WordTimes: true})
	if err != nil {
		t.Fatal(err)
	}
	if tr.Language != "en" || tr.Duration.Round(time.Second) != 11*time.Second {
		t.Errorf("language %s, %v", tr.Language, tr.Duration)
	}
	var text []string
	last := time.Duration(0)
	for _, s := range tr.Segments {
		t.Logf("%v-%v %q p=%.2f ns=%.3f c=%.2f", s.Start, s.End, s.Text, s.AvgLogProb, s.NoSpeechProb, s.CompressionRatio)
		text = append(text, s.Text)
		for _, w := range s.Words {
			t.Logf("   %v-%v %s %.2f", w.Start, w.End, w.Text, w.Confidence)
			if w.Start < last-10*time.Millisecond || w.End < w.Start || w.End > tr.Duration+time.Second/10 {
				t.Errorf("word %+v after %v", w, last)
			}
			last = w.Start
		}
	}
	if got := words(strings.Join(text, " ")); got != jfkWords {
		t.Errorf("heard %q", got)
	}
}

func TestStreamHearsWhatIsSaid(t *testing.T) {
	e := realEngine(t)
	samples := samplesOf(t, shared.Path(t, "data/speech/en/jfk.wav"))
	s, err := e.Stream(t.Context(), asr.StreamOptions{Languages: []string{"en"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	go func() {
		for len(samples) > 0 {
			n := min(1600, len(samples))
			if s.Write(context.Background(), samples[:n]) != nil {
				return
			}
			samples = samples[n:]
		}
		s.CloseWrite()
	}()
	var heard []string
	for {
		h, err := s.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, w := range h.Words {
			line = append(line, w.Text)
		}
		t.Logf("%d %v..%v end=%v speech=%v loop=%v %v: %s", h.Seq, h.From, h.Through, h.Endpoint, h.Speech, h.Loop, h.Compute.Round(time.Millisecond), strings.Join(line, " "))
		if h.Endpoint {
			heard = append(heard, line...)
			if err := s.Commit(t.Context(), h.Through, h.Words); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := words(strings.Join(heard, " ")); got != jfkWords {
		t.Errorf("heard %q", got)
	}
}
