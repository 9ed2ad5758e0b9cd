package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/asrtest"
	"github.com/dauys/dauys/asr/engine"
	"github.com/dauys/dauys/asr/whisper/tiny"
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
