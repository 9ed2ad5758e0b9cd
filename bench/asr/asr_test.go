package asr

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/wav"
)

// echo is a recogniser that hears the length of a recording.
type echo struct{ asr.Recognizer }

func (echo) Recognize(_ context.Context, src audio.Source, _ asr.Options) (*asr.Transcript, error) {
	samples, block := int64(0), make([]float32, 4096)
	for {
		n, err := src.Read(block)
		samples += int64(n)
		if err != nil {
			break
		}
	}
	d := audio.Duration(samples, audio.RateHz)
	return &asr.Transcript{Duration: d, Segments: []asr.Segment{{Text: "it lasts"}, {Text: d.String()}}}, nil
}

func TestOursAddsUpItsFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := wav.Write(f, audio.Format{RateHz: audio.RateHz, Channels: 1}, make([]float32, 2*audio.RateHz)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := Ours(t.Context(), echo{}, []string{path, path}, asr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Audio != 4*time.Second || len(r.Texts) != 2 || r.Texts[0] != "it lasts 2s" || r.Wall <= 0 {
		t.Errorf("got %+v", r)
	}
}

// The lines are those that the peer's script printed for one file.
func TestPeersLinesAreRead(t *testing.T) {
	script := filepath.Join(t.TempDir(), "peer.sh")
	text := `echo '{"path": "a.wav", "lang": "en", "text": "hello", "seconds_audio": 2.0, "seconds_wall": 0.5, "tokens": [1]}'
echo 'not json'
echo '{"rtf": 0.25, "seconds_audio": 2.0, "seconds_wall": 0.5, "load_s": 0.32, "peak_rss_mb": 381, "compute": "int8", "beam": 1}'
`
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Peer(t.Context(), PeerConfig{Python: "sh", Script: script, Model: "m", Compute: "int8", Beam: 1, Language: "en", Threads: 2}, []string{"a.wav"})
	if err != nil {
		t.Fatal(err)
	}
	if r.RTF() != 0.25 || r.Load != 320*time.Millisecond || r.PeakRSS != 381<<20 || len(r.Texts) != 1 || r.Texts[0] != "hello" {
		t.Errorf("got %+v", r)
	}
	if !strings.HasPrefix(r.String(), "faster-whisper int8 ") {
		t.Errorf("line %q", r)
	}
	if _, err := Peer(t.Context(), PeerConfig{Python: "false", Script: script}, nil); err == nil {
		t.Error("a failing peer was not noticed")
	}
}

func TestTableTellsTheRatio(t *testing.T) {
	var b strings.Builder
	ours := &Result{Program: "dauys", Audio: 100 * time.Second, Wall: 2 * time.Second}
	peer := &Result{Program: "peer", Audio: 100 * time.Second, Wall: 5 * time.Second}
	if err := Print(&b, ours, peer); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "dauys is 2.50 times as fast") {
		t.Errorf("got %q", got)
	}
}
