package safetensors

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// Write writes tensors, loading one at a time, in the given order. The header is padded to a multiple of 8 bytes.
func Write(w io.Writer, tensors []*mapped.Tensor, metadata map[string]string) error {
	const op fault.Op = "safetensors.Write"
	names := map[mapped.Type]string{}
	for name, t := range types {
		names[t] = name
	}
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	at := 0
	for _, t := range tensors {
		size, err := mapped.Size(t.Type, t.Shape)
		if err != nil {
			return fault.Errorf(op, fault.Invalid, "tensor %q: %w", t.Name, err)
		}
		if names[t.Type] == "" || header[t.Name] != nil {
			return fault.Errorf(op, fault.Invalid, "tensor %q of type %v cannot be written, or is written twice", t.Name, t.Type)
		}
		header[t.Name] = entry{names[t.Type], append([]int{}, t.Shape...), [2]int{at, at + size}}
		at += size
	}
	text, err := json.Marshal(header)
	if err != nil {
		return fault.E(op, fault.Internal, err)
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	out := bufio.NewWriter(w)
	if err := binary.Write(out, binary.LittleEndian, uint64(len(text))); err != nil {
		return fault.E(op, fault.Other, err)
	}
	if _, err := out.Write(text); err != nil {
		return fault.E(op, fault.Other, err)
	}
	for _, t := range tensors {
		if err := writeValues(out, t); err != nil {
			return fault.E(op, fault.Other, err)
		}
	}
	return fault.E(op, fault.Other, out.Flush())
}

func writeValues(w io.Writer, t *mapped.Tensor) error {
	b, err := t.Load()
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	if t.Release != nil {
		t.Release(b)
	}
	return err
}
