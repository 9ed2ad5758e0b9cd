package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dauys/dauys/demo"
	"github.com/dauys/dauys/internal/shared"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"dauys": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/script/*.txtar: the command line as a person types it. README.md beside them says which
// commands they know besides testscript's own.
func TestScripts(t *testing.T) {
	models := filepath.Dir(shared.Model(t, "whisper-base"))
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"wav": writeWAV, "demo": writeDemo, "corrupt": corrupt, "link": link},
		Condition: func(name string) (bool, error) {
			if name != "shared" {
				return false, fmt.Errorf("no condition %q", name)
			}
			_, err := os.Stat(filepath.Join(shared.Root(), "..", "shared"))
			return err == nil, nil
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("DAUYS_MODELS", models)
			e.Setenv("MODELS", models)
			e.Setenv("SHARED", filepath.Join(shared.Root(), "..", "shared"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "share"))
			return nil
		},
	})
}

// writeWAV: wav FILE KIND RATE CHANNELS SECONDS [CUT]; KIND is silence, tone, noise, nan or lying (a header that promises more).
func writeWAV(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 5 {
		ts.Fatalf("usage: wav FILE KIND RATE CHANNELS SECONDS [CUT]")
	}
	rate, channels := number(ts, args[2]), number(ts, args[3])
	duration, err := strconv.ParseFloat(args[4], 64)
	ts.Check(err)
	frames := int(math.Round(duration * float64(rate)))
	data := make([]byte, 0, 4*frames*channels)
	seed := uint32(1)
	for i := range frames * channels {
		x := float32(0)
		switch args[1] {
		case "tone":
			x = float32(0.3 * math.Sin(2*math.Pi*440*float64(i/channels)/float64(rate)))
		case "noise":
			seed = seed*1664525 + 1013904223
			x = 0.02 * (float32(seed>>8)/float32(1<<23) - 1)
		case "nan":
			x = float32(math.NaN())
		}
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	size := len(data)
	if args[1] == "lying" {
		size *= 100
	}
	out := header(rate, channels, size)
	out = append(out, data...)
	if len(args) > 5 {
		out = out[:number(ts, args[5])]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o644))
}

// header is that of a WAV file with float32 samples.
func header(rate, channels, size int) []byte {
	b := []byte("RIFF")
	b = binary.LittleEndian.AppendUint32(b, uint32(36+size))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 3)
	b = binary.LittleEndian.AppendUint16(b, uint16(channels))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(4*rate*channels))
	b = binary.LittleEndian.AppendUint16(b, uint16(4*channels))
	b = binary.LittleEndian.AppendUint16(b, 32)
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, uint32(size))
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

// writeDemo: demo FILE writes the demonstration recording.
func writeDemo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), demo.Recording, 0o644))
}

// corrupt: corrupt FILE changes one byte in the middle.
func corrupt(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	text[len(text)/2] ^= 0x55
	ts.Check(os.Remove(path))
	ts.Check(os.WriteFile(path, text, 0o644))
}

// link: link MODEL DIR copies an installed model into a models folder.
func link(ts *testscript.TestScript, _ bool, args []string) {
	src, dst := filepath.Join(ts.Getenv("MODELS"), args[0]), filepath.Join(ts.MkAbs(args[1]), args[0])
	ts.Check(os.MkdirAll(dst, 0o755))
	entries, err := os.ReadDir(src)
	ts.Check(err)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(src, e.Name()))
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(dst, e.Name()), text, 0o644))
	}
	ts.Logf("%s", fmt.Sprint(len(entries), " files"))
}
