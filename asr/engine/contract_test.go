package engine_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/asrtest"
	"github.com/dauys/dauys/asr/engine"
	"github.com/dauys/dauys/asr/whisper/tiny"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/models"
)

// tinyFolder writes the tiny model once for all tests.
var tinyFolder = sync.OnceValues(func() (models.Folder, error) {
	dir, err := os.MkdirTemp("", "dauys-tiny-")
	if err != nil {
		return models.Folder{}, err
	}
	if err := os.Mkdir(filepath.Join(dir, "tiny"), 0o700); err != nil {
		return models.Folder{}, err
	}
	entry := models.Entry{ID: "tiny", Family: "whisper", Languages: []string{"kk", "ru", "en"}}
	err = tiny.Write(filepath.Join(dir, "tiny"))
	for _, name := range []string{"model.safetensors", "config.json", "vocabulary.txt"} {
		if st, statErr := os.Stat(filepath.Join(dir, "tiny", name)); statErr == nil {
			entry.Files = append(entry.Files, models.File{Path: name, Size: st.Size()})
		}
	}
	return models.Folder{Dir: dir, Entries: []models.Entry{entry}}, err
})

// loud takes all that is not silence for speech.
type loud struct{}

func (loud) Probability(_ context.Context, frame []float32) (float32, error) {
	for _, v := range frame {
		if v > 0.05 || v < -0.05 {
			return 0.95, nil
		}
	}
	return 0.02, nil
}

func (loud) Close() {}

// tinyEngine runs the tiny model.
func tinyEngine(t *testing.T) *engine.Engine {
	t.Helper()
	folder, err := tinyFolder()
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Config{
		Models: folder, Default: "tiny", Streams: 2, Recordings: 2, Voice: func() (engine.Voice, error) { return loud{}, nil },
	})
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

func TestContract(t *testing.T) {
	asrtest.Run(t, asrtest.Config{New: func(t *testing.T) asr.Recognizer { return tinyEngine(t) }, Streams: 2})
}

func TestCloseEndsStreamsAndRecordings(t *testing.T) {
	folder, err := tinyFolder()
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Config{Models: folder, Default: "tiny", Voice: func() (engine.Voice, error) { return loud{}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Stream(t.Context(), asr.StreamOptions{Languages: []string{"en"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), asrtest.Bursts(2*time.Second)); err != nil { // nobody reads its hypotheses
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := e.Recognize(t.Context(), endless{}, asr.Options{Languages: []string{"en"}, Beam: 1})
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("recording: %v, want unavailable", err)
		}
	})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if _, err := s.Next(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("stream: %v, want unavailable", err)
	}
	if _, err := e.Stream(t.Context(), asr.StreamOptions{}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("new stream: %v, want unavailable", err)
	}
}

// endless is a recording without an end.
type endless struct{}

func (endless) Format() audio.Format { return audio.Format{RateHz: audio.RateHz, Channels: 1} }

func (endless) Read(p []float32) (int, error) {
	clear(p)
	return len(p), nil
}

// Somebody talks without a pause, and nobody commits: windows end, and at last lose their beginning.
func TestStreamWithoutCommitsStaysBounded(t *testing.T) {
	s, err := tinyEngine(t).Stream(t.Context(), asr.StreamOptions{Languages: []string{"kk", "ru"}, Beam: 2, Step: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var wg sync.WaitGroup
	wg.Go(func() {
		noise := asrtest.Bursts(time.Second)
		for i := range noise {
			noise[i] += 0.1 // no frame is silent
		}
		for range 40 {
			if err := s.Write(t.Context(), noise); err != nil {
				t.Error(err)
				return
			}
		}
		if err := s.CloseWrite(); err != nil {
			t.Error(err)
		}
	})
	ends := 0
	for {
		h, err := s.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Through-h.From > 34*time.Second { // 28 s and the steps around
			t.Errorf("window %v..%v", h.From, h.Through)
		}
		if h.Endpoint {
			ends++
		}
	}
	wg.Wait()
	if ends < 2 {
		t.Errorf("%d endpoints in 40 s without a pause", ends)
	}
}

func TestStreamRefusesWideBeams(t *testing.T) {
	if _, err := tinyEngine(t).Stream(t.Context(), asr.StreamOptions{Beam: 99}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid", err)
	}
}
