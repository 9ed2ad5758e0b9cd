package torchzip

import (
	"fmt"

	"github.com/dauys/dauys/tensor/weights/mapped"
)

// storageTypes names the classes of torch/storage.py and torch/__init__.py.
var storageTypes = map[string]mapped.Type{
	"FloatStorage": mapped.F32, "HalfStorage": mapped.F16, "BFloat16Storage": mapped.BF16, "DoubleStorage": mapped.F64,
	"LongStorage": mapped.I64, "IntStorage": mapped.I32, "ShortStorage": mapped.I16, "CharStorage": mapped.I8,
	"ByteStorage": mapped.U8, "BoolStorage": mapped.Bool,
}

// tensor is a view of a storage.
type tensor struct {
	storage string // key of the zip member
	kind    mapped.Type
	numel   int64 // of the storage
	offset  int64 // in values
	shape   []int
	strides []int64
}

// call applies a class to its arguments.
func (m *machine) call(class, args any) any {
	g, _ := class.(global)
	arg, _ := args.(tuple)
	switch g {
	case global{"collections", "OrderedDict"}:
		return &dict{}
	case global{"torch._utils", "_rebuild_tensor_v2"}, global{"torch._utils", "_rebuild_tensor"}:
		t, err := rebuild(arg)
		if err != nil {
			m.c.Fail(err)
		}
		return t
	case global{"torch._utils", "_rebuild_parameter"}: // data, requires_grad, hooks
		if len(arg) > 0 {
			return arg[0]
		}
	case global{"torch", "Size"}:
		if len(arg) == 1 {
			return arg[0]
		}
	}
	return opaque{g}
}

// rebuild reads the arguments of _rebuild_tensor_v2: storage, offset, size, stride, ...
func rebuild(arg tuple) (*tensor, error) {
	if len(arg) < 4 {
		return nil, fmt.Errorf("a tensor of %d arguments", len(arg))
	}
	t := &tensor{}
	p, _ := arg[0].(persistent)
	id, _ := p.id.(tuple)
	if len(id) < 5 || id[0] != "storage" { // "storage", class, key, device, numel
		return nil, fmt.Errorf("a tensor without a storage")
	}
	class, _ := id[1].(global)
	key, isKey := id[2].(string)
	numel, isCount := id[4].(int64)
	kind, known := storageTypes[class.name]
	if !isKey || !isCount || numel < 0 || !known || class.module != "torch" {
		return nil, fmt.Errorf("a storage of class %s.%s", class.module, class.name)
	}
	t.storage, t.kind, t.numel = key, kind, numel
	offset, ok := arg[1].(int64)
	size, _ := arg[2].(tuple)
	stride, _ := arg[3].(tuple)
	if !ok || offset < 0 || len(size) != len(stride) || len(size) > 8 {
		return nil, fmt.Errorf("a tensor of storage %q with an impossible shape", key)
	}
	t.offset = offset
	for i := range size {
		d, isDim := size[i].(int64)
		s, isStride := stride[i].(int64)
		if !isDim || !isStride || d < 0 || s < 0 || d > numel {
			return nil, fmt.Errorf("a tensor of storage %q with an impossible shape", key)
		}
		t.shape, t.strides = append(t.shape, int(d)), append(t.strides, s)
	}
	return t, nil
}

// contiguous says whether the values lie row-major without gaps.
func (t *tensor) contiguous() bool {
	want := int64(1)
	for i := len(t.shape) - 1; i >= 0; i-- {
		if t.shape[i] != 1 && t.strides[i] != want {
			return false
		}
		want *= int64(t.shape[i])
	}
	return true
}

// check proves that every value lies in a storage of numel values, and that there are not more values than that.
func (t *tensor) check() (count int, err error) {
	count, err = mapped.Count(t.shape)
	if err != nil || int64(count) > t.numel {
		return 0, fmt.Errorf("shape %v does not fit a storage of %d values", t.shape, t.numel)
	}
	if count == 0 {
		return 0, nil
	}
	last := t.offset
	for i, d := range t.shape {
		if d > 1 && t.strides[i] > t.numel {
			return 0, fmt.Errorf("stride %d leaves a storage of %d values", t.strides[i], t.numel)
		}
		if d > 1 {
			last += int64(d-1) * t.strides[i]
		}
		if last < 0 || last >= t.numel {
			return 0, fmt.Errorf("shape %v leaves a storage of %d values", t.shape, t.numel)
		}
	}
	return count, nil
}

// gather copies strided values of width bytes in row-major order.
func (t *tensor) gather(storage []byte, width, count int) []byte {
	out := make([]byte, 0, count*width)
	index := make([]int, len(t.shape))
	for range count {
		at := t.offset
		for i, x := range index {
			at += int64(x) * t.strides[i]
		}
		out = append(out, storage[int(at)*width:(int(at)+1)*width]...)
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < t.shape[i] {
				break
			}
			index[i] = 0
		}
	}
	return out
}
