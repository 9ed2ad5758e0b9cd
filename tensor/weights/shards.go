package weights

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// maxIndex is far above the index of any model: names of some thousand tensors.
const maxIndex = 64 << 20

// isIndex says whether a file lists shards: Hugging Face's model.safetensors.index.json and pytorch_model.bin.index.json.
func isIndex(path string) bool { return strings.HasSuffix(path, ".index.json") }

// openShards opens the files that the index at path names, in its folder, as one.
func openShards(path string) (*File, error) {
	const op fault.Op = "weights.openShards"
	source, err := mapped.Map(path)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	var index struct {
		Shards map[string]string `json:"weight_map"` // tensor to file
	}
	if len(source.Data()) > maxIndex {
		err = fault.Errorf(op, fault.Corrupt, "%s is too long for an index", path)
	} else if err = json.Unmarshal(source.Data(), &index); err != nil {
		err = fault.Errorf(op, fault.Corrupt, "%s: %w", path, err)
	}
	if closing := source.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	names := slices.Compact(slices.Sorted(maps.Values(index.Shards)))
	for _, name := range names {
		if name == "" || name != filepath.Base(name) || name == ".." || isIndex(name) {
			return nil, fault.Errorf(op, fault.Corrupt, "%s: %q is no file beside it", path, name)
		}
	}
	return joinShards(path, names, index.Shards)
}

func joinShards(path string, names []string, shards map[string]string) (*File, error) {
	const op fault.Op = "weights.openShards"
	var parts []*File
	fail := func(err error) (*File, error) {
		for _, part := range parts {
			part.Close() //nolint:errcheck // the first error says more
		}
		return nil, err
	}
	for _, name := range names {
		part, err := Open(filepath.Join(filepath.Dir(path), name))
		if err != nil {
			return fail(err)
		}
		parts = append(parts, part)
	}
	file, err := mapped.Join(parts)
	if err != nil {
		return fail(fault.Errorf(op, fault.Corrupt, "%s: %w", path, err))
	}
	for name := range shards {
		if file.Tensor(name) == nil {
			return fail(fault.Errorf(op, fault.Corrupt, "%s: no file holds %q: copy the model again", path, name))
		}
	}
	file.Path = path
	return file, nil
}
