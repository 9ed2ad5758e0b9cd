package whisper_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/asr/whisper/tiny"
	"github.com/dauys/dauys/tensor/weights"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/safetensors"
)

// TestLargeModelsComeInShards cuts a tiny model in two files with an index, as exporters cut large ones.
func TestLargeModelsComeInShards(t *testing.T) {
	dir := t.TempDir()
	if err := tiny.Write(dir); err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(dir, "model.safetensors")
	file, err := weights.Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	index := map[string]string{}
	half := len(file.Tensors) / 2
	for name, part := range map[string][]*mapped.Tensor{"model-1.safetensors": file.Tensors[:half], "model-2.safetensors": file.Tensors[half:]} {
		var b bytes.Buffer
		if err := safetensors.Write(&b, part, nil); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), b.Bytes())
		for _, x := range part {
			index[x.Name] = name
		}
	}
	text, err := json.Marshal(map[string]any{"weight_map": index})
	if err != nil {
		t.Fatal(err)
	}
	write(t, whole+".index.json", text)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(whole); err != nil {
		t.Fatal(err)
	}
	loaded, err := whisper.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := loaded.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
