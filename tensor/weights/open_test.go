package weights

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

func TestOpenKnowsTheFormatByItsContent(t *testing.T) {
	for name, want := range map[string]string{
		"data/models/silero_vad_16k.safetensors": "safetensors",
		"data/models/silero_vad.onnx":            "onnx",
		"data/models/gtcrn_simple.onnx":          "onnx",
		"data/models/taef2_decoder.pth":          "torch",
	} {
		f, err := Open(shared.Path(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f.Format != want || len(f.Tensors) == 0 {
			t.Errorf("%s is %s with %d tensors", name, f.Format, len(f.Tensors))
		}
		for _, x := range f.Tensors {
			b, err := x.Load()
			if err != nil {
				t.Errorf("%s: %v", x.Name, err)
			}
			x.Release(b)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if _, err := f.Tensors[0].Load(); f.Format == "safetensors" && err == nil {
			t.Error("a closed file gives bytes")
		}
	}
}

func TestOpenRefusesOtherFilesClearly(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		kind fault.Kind
		word string
	}{
		"a text":             {"hello, this is no weight file", fault.Unsupported, "no known weight format"},
		"a pointer":          {"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", fault.Unsupported, "Git LFS pointer"},
		"a truncated GGUF":   {"GGUF\x03\x00\x00\x00\x01", fault.Corrupt, "ends too early"},
		"one byte":           {"x", fault.Unsupported, "no known weight format"},
		"an empty file":      {"", fault.Corrupt, "0 bytes"},
		"a zip of no tensor": {"PK\x03\x04", fault.Corrupt, "zip"},
	} {
		path := filepath.Join(t.TempDir(), "weights.bin")
		if err := os.WriteFile(path, []byte(c.data), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.word) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "absent")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an absent file: %v", err)
	}
}

// FuzzOpen feeds the sniffing: whatever the first bytes say, opening neither panics nor allocates beyond the file.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("GGUF\x03\x00\x00\x00"))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Add([]byte("\x08\x08\x3a\x00 and more than sixteen bytes"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if file, err := read(mapped.Memory(data)); err == nil {
			file.Close() //nolint:errcheck // bytes in memory
		}
	})
}
