package weights

import (
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/ct2"
	"github.com/dauys/dauys/tensor/weights/ggml"
	"github.com/dauys/dauys/tensor/weights/gguf"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/onnx"
	"github.com/dauys/dauys/tensor/weights/safetensors"
	"github.com/dauys/dauys/tensor/weights/torchzip"
)

// File is an opened weight file.
type File = mapped.File

// formats in the order of their sniffing: those with a magic number first.
var formats = []struct {
	sniff func(head []byte) bool
	read  func(*mapped.Mapping) (*mapped.File, error)
}{
	{gguf.Sniff, gguf.Read},
	{ggml.Sniff, ggml.Read},
	{torchzip.Sniff, torchzip.Read},
	{safetensors.Sniff, safetensors.Read},
	{ct2.Sniff, ct2.Read},
	{onnx.Sniff, onnx.Read},
}

// Open maps the weight file at path; its first bytes tell the format. An index (*.index.json) opens the files that it
// names as one. Errors have kind Corrupt for damaged files and Unsupported for formats that no reader knows.
func Open(path string) (*File, error) {
	const op fault.Op = "weights.Open"
	if isIndex(path) {
		return openShards(path)
	}
	source, err := mapped.Map(path)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	file, err := read(source)
	if err != nil {
		source.Close() //nolint:errcheck // the reader's error says more
		return nil, fault.Errorf(op, fault.KindOf(err), "%s: %w", path, err)
	}
	file.Path = path
	return file, nil
}

// read finds the reader by the first bytes.
func read(source *mapped.Mapping) (*mapped.File, error) {
	head := source.Data()[:min(len(source.Data()), 512)]
	for _, f := range formats {
		if f.sniff(head) {
			return f.read(source)
		}
	}
	hint := ""
	if strings.HasPrefix(string(head), "version https://git-lfs") {
		hint = ": this is a Git LFS pointer; fetch the file itself"
	}
	return nil, fault.Errorf("weights.read", fault.Unsupported,
		"no known weight format (safetensors, GGUF, CTranslate2, ONNX, PyTorch zip, ggml)%s", hint)
}
