package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// maxHeader is the reference implementation's MAX_HEADER_SIZE.
const maxHeader = 100_000_000

var types = map[string]mapped.Type{
	"F64": mapped.F64, "F32": mapped.F32, "F16": mapped.F16, "BF16": mapped.BF16,
	"F8_E4M3": mapped.F8E4M3, "F8_E5M2": mapped.F8E5M2,
	"I64": mapped.I64, "I32": mapped.I32, "I16": mapped.I16, "I8": mapped.I8, "U8": mapped.U8, "BOOL": mapped.Bool,
}

// entry is one value of the header.
type entry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// Sniff says whether head, the first bytes of a file, may belong to a safetensors file.
func Sniff(head []byte) bool {
	return len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint64(head) <= maxHeader
}

// Read lists the tensors of source in the order of their bytes. Meta holds "__metadata__" as strings.
func Read(source *mapped.Mapping) (*mapped.File, error) {
	const op fault.Op = "safetensors.Read"
	data := source.Data()
	if len(data) < 8 {
		return nil, fault.E(op, fault.Corrupt, mapped.ErrTruncated)
	}
	n := binary.LittleEndian.Uint64(data)
	if n > maxHeader || n > uint64(len(data)-8) {
		return nil, fault.Errorf(op, fault.Corrupt, "a header of %d bytes: %w", n, mapped.ErrTruncated)
	}
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal(bytes.TrimRight(data[8:8+n], " "), &raw); err != nil {
		return nil, fault.Errorf(op, fault.Corrupt, "header: %w", err)
	}
	meta, err := takeMeta(raw)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	tensors, err := list(source, raw, 8+int(n))
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file, err := mapped.New("safetensors", source, tensors)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file.Meta = meta
	return file, nil
}

func takeMeta(raw map[string]json.RawMessage) (mapped.Meta, error) {
	meta := mapped.Meta{}
	text, ok := raw["__metadata__"]
	if !ok {
		return meta, nil
	}
	delete(raw, "__metadata__")
	var pairs map[string]string
	if err := json.Unmarshal(text, &pairs); err != nil {
		return nil, fmt.Errorf("__metadata__: %w", err)
	}
	for k, v := range pairs {
		meta[k] = v
	}
	return meta, nil
}

// list makes the tensors and proves that they cover the file from base to its end.
func list(source *mapped.Mapping, raw map[string]json.RawMessage, base int) ([]*mapped.Tensor, error) {
	type placed struct {
		tensor   *mapped.Tensor
		from, to int
	}
	all := make([]placed, 0, len(raw))
	for name, text := range raw {
		var e entry
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		size, err := mapped.Size(types[e.DType], e.Shape)
		if err != nil {
			return nil, fmt.Errorf("tensor %q of dtype %q: %w", name, e.DType, err)
		}
		from, to := e.Offsets[0], e.Offsets[1]
		if from < 0 || to < from || to > len(source.Data())-base || to-from != size {
			return nil, fmt.Errorf("tensor %q: bytes %d..%d do not hold %s %v in this file", name, from, to, e.DType, e.Shape)
		}
		t, err := mapped.View(source, name, types[e.DType], e.Shape, base+from)
		if err != nil {
			return nil, err
		}
		all = append(all, placed{t, from, to})
	}
	slices.SortFunc(all, func(a, b placed) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to // empty tensors first
	})
	tensors, at := make([]*mapped.Tensor, len(all)), 0
	for i, p := range all {
		if p.from != at {
			return nil, fmt.Errorf("tensor %q begins at %d where %d was expected: a hole or an overlap", p.tensor.Name, p.from, at)
		}
		tensors[i], at = p.tensor, p.to
	}
	if at != len(source.Data())-base {
		return nil, fmt.Errorf("%d bytes follow the last tensor", len(source.Data())-base-at)
	}
	return tensors, nil
}
