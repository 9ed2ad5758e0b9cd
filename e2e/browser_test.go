package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/resample"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/demo"
	"github.com/dauys/dauys/internal/shared"
)

// heard are words of the demonstration's first half minute that Whisper base hears well.
const heard = "welcome,news,computer,subtitles,screen,machine"

// TestBrowser drives the page in Chromium, whose microphone plays the demonstration.
func TestBrowser(t *testing.T) {
	node, chromium := program(t, "node"), program(t, "chromium")
	web := filepath.Join(shared.Root(), "gateway", "web")
	if _, err := os.Stat(filepath.Join(web, "node_modules", "playwright-core")); err != nil {
		missing(t, "playwright-core is not installed: npm ci in gateway/web")
	}
	flows := []string{"microphone"}
	if os.Getenv("DAUYS_FULL") != "" {
		flows = []string{"microphone", "file", "demo", "viewer", "languages", "keyboard"}
	}
	p := serve(t, "all", "--programmes", "16")
	dir := t.TempDir()
	file := filepath.Join(dir, "demo.ogg")
	if err := os.WriteFile(file, demo.Recording, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{filepath.Join("browser", "flows.mjs"), p.url, "--mic", microphone(t, dir), "--file", file, "--expect", heard}
	cmd := exec.CommandContext(t.Context(), node, append(args, flows...)...)
	cmd.Dir, cmd.Env = web, append(os.Environ(), "CHROMIUM="+chromium)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%v\n%s", err, errs.String())
	}
	seen := 0
	for lines := json.NewDecoder(bytes.NewReader(out)); ; seen++ {
		var result struct {
			Flow    string
			OK      bool
			Error   string
			Seconds float64
		}
		if err := lines.Decode(&result); err == io.EOF { //nolint:errorlint // as Decode documents
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		t.Logf("%s: %.1f s", result.Flow, result.Seconds)
		if !result.OK {
			t.Errorf("%s: %s", result.Flow, result.Error)
		}
	}
	if seen != len(flows) {
		t.Errorf("%d of %d flows told a result", seen, len(flows))
	}
}

// microphone writes what Chromium's fake device plays: 48 kHz, 16 bits.
func microphone(t *testing.T, dir string) string {
	t.Helper()
	up, err := resample.New(audio.RateHz, 48000)
	if err != nil {
		t.Fatal(err)
	}
	samples := up.Flush(up.Append(nil, speech(t, 0)))
	path := filepath.Join(dir, "microphone.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := wav.Write(f, audio.Format{RateHz: 48000, Channels: 1}, samples); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPageComponents runs the page's own tests.
func TestPageComponents(t *testing.T) {
	npx := program(t, "npx")
	web := filepath.Join(shared.Root(), "gateway", "web")
	if _, err := os.Stat(filepath.Join(web, "node_modules", "vitest")); err != nil {
		missing(t, "vitest is not installed: npm ci in gateway/web")
	}
	cmd := exec.CommandContext(t.Context(), npx, "--no-install", "vitest", "run")
	cmd.Dir = web
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.SplitSeq(string(out), "\n") {
		if strings.Contains(line, "Tests ") {
			t.Log(strings.TrimSpace(line))
		}
	}
}
