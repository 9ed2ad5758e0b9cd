package weights

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/safetensors"
)

// shards writes two safetensors files with a tensor each, and an index with the given text.
func shards(t *testing.T, index string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		out, err := os.Create(filepath.Join(dir, name+".safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		if err := safetensors.Write(out, []*mapped.Tensor{of(name, []int{1}, 7)}, nil); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "model.safetensors.index.json")
	if err := os.WriteFile(path, []byte(index), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestShardsOpenAsOneFile(t *testing.T) {
	f, err := Open(shards(t, `{"metadata":{"total_size":8},"weight_map":{"a":"a.safetensors","b":"b.safetensors"}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b"} {
		if b, err := f.Tensor(name).Load(); err != nil || len(b) != 4 {
			t.Errorf("%s: %v, %v", name, b, err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Tensor("b").Load(); err == nil {
		t.Error("a shard is open after Close")
	}
}

func TestIndexesThatLieAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		index, word string
		kind        fault.Kind
	}{
		"no JSON":                 {`{`, "JSON", fault.Corrupt},
		"no shards":               {`{}`, "no parts", fault.Corrupt},
		"a file elsewhere":        {`{"weight_map":{"a":"../a.safetensors"}}`, "no file beside it", fault.Corrupt},
		"an absolute path":        {`{"weight_map":{"a":"/etc/passwd"}}`, "no file beside it", fault.Corrupt},
		"an index in the index":   {`{"weight_map":{"a":"model.safetensors.index.json"}}`, "no file beside it", fault.Corrupt},
		"a file that is not here": {`{"weight_map":{"a":"c.safetensors"}}`, "c.safetensors", fault.NotFound},
		"a tensor in no file":     {`{"weight_map":{"a":"a.safetensors","c":"b.safetensors"}}`, `no file holds "c"`, fault.Corrupt},
	} {
		if _, err := Open(shards(t, c.index)); fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
