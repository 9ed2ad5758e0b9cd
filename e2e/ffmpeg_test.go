package e2e

import (
	"bytes"
	"os/exec"
	"testing"

	"github.com/dauys/dauys/demo"
)

// webm is the demonstration as another program's WebM/Opus.
func webm(t *testing.T) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t, "ffmpeg"), "-v", "error", "-i", "pipe:", "-c:a", "copy", "-f", "webm", "pipe:1")
	cmd.Stdin = bytes.NewReader(demo.Recording)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
