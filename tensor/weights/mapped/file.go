package mapped

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dauys/dauys/fault"
)

// File is an opened weight file.
type File struct {
	Format  string            // safetensors, gguf, ct2, onnx, torch, ggml
	Path    string            // where it was opened, for messages
	Tensors []*Tensor         // in the file's order; names are unique
	Aliases map[string]string // CTranslate2: other names of tensors
	Meta    Meta

	closers []func() error
	byName  map[string]*Tensor
}

// Tensor is a stored tensor, not read yet.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int // outermost first, values row-major
	// Scale of an I8 tensor: one F32 a row, by which the row's values are multiplied. Nil otherwise.
	Scale *Tensor
	// Consumers are the graph nodes that read the tensor (ONNX), as "<node>:<input index>".
	Consumers []string
	// Load gives the little-endian values; they may alias the mapping.
	Load func() ([]byte, error)
	// Release gives back the pages behind bytes that Load gave (or a part of them).
	Release func(loaded []byte)
}

// New makes a file of tensors of source. It fails where two tensors share a name.
func New(format string, source *Mapping, tensors []*Tensor) (*File, error) {
	f := &File{Format: format, Tensors: tensors, Meta: Meta{}, byName: make(map[string]*Tensor, len(tensors))}
	f.closers = append(f.closers, source.Close)
	for _, t := range tensors {
		if f.byName[t.Name] != nil {
			return nil, fmt.Errorf("two tensors are called %q", t.Name)
		}
		f.byName[t.Name] = t
	}
	return f, nil
}

// View makes a tensor of the bytes at off of source. It fails where they do not all lie in the file.
func View(source *Mapping, name string, t Type, shape []int, off int) (*Tensor, error) {
	size, err := Size(t, shape)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", name, err)
	}
	if _, err := source.Bytes(off, size); err != nil {
		return nil, fmt.Errorf("tensor %q: %w", name, err)
	}
	return &Tensor{
		Name: name, Type: t, Shape: shape,
		Load:    func() ([]byte, error) { return source.Bytes(off, size) },
		Release: source.Release,
	}, nil
}

// Tensor finds a tensor by its name or an alias of it, nil where there is none.
func (f *File) Tensor(name string) *Tensor {
	if t := f.byName[name]; t != nil {
		return t
	}
	return f.byName[f.Aliases[name]]
}

// Int reads a whole-number scalar tensor (CTranslate2 keeps its settings so).
func (f *File) Int(name string) (int, error) {
	const op fault.Op = "mapped.Int"
	t := f.Tensor(name)
	if t == nil {
		return 0, fault.Errorf(op, fault.NotFound, "%s has no %q", f.Path, name)
	}
	if n, err := Count(t.Shape); err != nil || n != 1 {
		return 0, fault.Errorf(op, fault.Corrupt, "%q of shape %v is not a scalar", name, t.Shape)
	}
	b, err := t.Load()
	if err != nil {
		return 0, fault.E(op, fault.Other, err)
	}
	switch t.Type {
	case I8:
		return int(int8(b[0])), nil
	case U8, Bool:
		return int(b[0]), nil
	case I16:
		return int(int16(binary.LittleEndian.Uint16(b))), nil
	case I32:
		return int(int32(binary.LittleEndian.Uint32(b))), nil
	case I64:
		return int(int64(binary.LittleEndian.Uint64(b))), nil
	}
	return 0, fault.Errorf(op, fault.Corrupt, "%q is %v, not a whole number", name, t.Type)
}

// Join makes one file of several that hold parts of a model. It closes them when it is closed; format, path and metadata
// are those of the first. It fails where two tensors share a name, and where there is no file.
func Join(parts []*File) (*File, error) {
	if len(parts) == 0 {
		return nil, errors.New("there are no parts to join")
	}
	var tensors []*Tensor
	for _, part := range parts {
		tensors = append(tensors, part.Tensors...)
	}
	f, err := New(parts[0].Format, Memory(nil), tensors)
	if err != nil {
		return nil, err
	}
	f.Path, f.Meta, f.closers = parts[0].Path, parts[0].Meta, nil
	for _, part := range parts {
		f.closers = append(f.closers, part.Close)
	}
	return f, nil
}

// Close unmaps the file. Params that were bound to it must be packed before.
func (f *File) Close() error {
	var errs []error
	for _, c := range f.closers {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}
