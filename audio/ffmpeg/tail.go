package ffmpeg

import (
	"strings"
	"sync"
)

// tail keeps the last line that a program says, cut to a sensible length.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// tailBytes bounds what is kept.
const tailBytes = 4 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p[max(0, len(p)-tailBytes):]...)
	if drop := len(t.text) - tailBytes; drop > 0 {
		t.text = t.text[:copy(t.text, t.text[drop:])]
	}
	return len(p), nil
}

// String gives the last line without the control characters that would let a file's metadata write on a terminal.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	for i := range lines { // a missing stream is named before the general failure
		if strings.Contains(lines[i], "matches no streams") {
			lines = lines[:i+1]
			break
		}
	}
	last := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, lines[len(lines)-1])
	return last[:min(len(last), 200)]
}
