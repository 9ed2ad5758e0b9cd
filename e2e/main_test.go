package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/dauys/dauys/internal/shared"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := binaryFolder(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

var binaryFolder = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "dauys-e2e-") })

// build makes the program once for all tests.
var build = sync.OnceValues(func() (string, error) {
	dir, err := binaryFolder()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "dauys")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/dauys")
	cmd.Dir = shared.Root()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// dauys is the built program, for tests that need the default models.
func dauys(t *testing.T) string {
	t.Helper()
	shared.Model(t, "whisper-base")
	shared.Model(t, "silero-vad-v6")
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// full skips what takes minutes.
func full(t *testing.T) {
	t.Helper()
	if os.Getenv("DAUYS_FULL") == "" {
		t.Skip("takes minutes: DAUYS_FULL=1 runs it")
	}
}

// program finds an installed program; without it the test skips, or fails where everything is required.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name+" is not installed")
	}
	return path
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("DAUYS_REQUIRE") != "" {
		t.Fatal("required here: " + what)
	}
	t.Skip(what)
}
