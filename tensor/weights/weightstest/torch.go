package weightstest

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/dauys/dauys/tensor/weights/mapped"
)

// Pair is an entry of a dict; Value is int, string, *mapped.Tensor or []Pair.
type Pair struct {
	Key   string
	Value any
}

// classes names the storages of torch/__init__.py.
var classes = map[mapped.Type]string{
	mapped.F32: "FloatStorage", mapped.F16: "HalfStorage", mapped.BF16: "BFloat16Storage",
	mapped.F64: "DoubleStorage", mapped.I64: "LongStorage", mapped.I32: "IntStorage", mapped.I8: "CharStorage",
}

// WriteTorch writes root as torch.save does: a zip of stored members, the pickle of protocol 2, a storage a tensor.
func WriteTorch(w io.Writer, root []Pair) error {
	z := zip.NewWriter(w)
	p := &pickler{}
	p.out = append(p.out, 0x80, 2)
	p.dict(root)
	p.out = append(p.out, '.')
	if err := store(z, "archive/data.pkl", p.out); err != nil {
		return err
	}
	if err := store(z, "archive/byteorder", []byte("little")); err != nil {
		return err
	}
	for i, t := range p.tensors {
		b, err := t.Load()
		if err != nil {
			return err
		}
		if err := store(z, fmt.Sprintf("archive/data/%d", i), b); err != nil {
			return err
		}
	}
	return z.Close()
}

func store(z *zip.Writer, name string, b []byte) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

type pickler struct {
	out     []byte
	tensors []*mapped.Tensor
}

func (p *pickler) dict(pairs []Pair) {
	p.out = append(p.out, '}', '(')
	for _, pair := range pairs {
		p.text(pair.Key)
		switch v := pair.Value.(type) {
		case int:
			p.int(v)
		case string:
			p.text(v)
		case []Pair:
			p.dict(v)
		case *mapped.Tensor:
			p.tensor(v)
		}
	}
	p.out = append(p.out, 'u')
}

func (p *pickler) text(s string) {
	p.out = append(p.out, 'X')
	p.out = binary.LittleEndian.AppendUint32(p.out, uint32(len(s)))
	p.out = append(p.out, s...)
}

func (p *pickler) int(v int) {
	p.out = append(p.out, 'J')
	p.out = binary.LittleEndian.AppendUint32(p.out, uint32(v))
}

func (p *pickler) global(module, name string) {
	p.out = append(p.out, "c"+module+"\n"+name+"\n"...)
}

// tensor writes _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks).
func (p *pickler) tensor(t *mapped.Tensor) {
	n, _ := mapped.Count(t.Shape)
	p.global("torch._utils", "_rebuild_tensor_v2")
	p.out = append(p.out, '(', '(')
	p.text("storage")
	p.global("torch", classes[t.Type])
	p.text(fmt.Sprint(len(p.tensors)))
	p.text("cpu")
	p.int(n)
	p.out = append(p.out, 't', 'Q')
	p.int(0)
	p.ints(t.Shape)
	strides, stride := make([]int, len(t.Shape)), 1
	for i := len(strides) - 1; i >= 0; i-- {
		strides[i] = stride
		stride *= t.Shape[i]
	}
	p.ints(strides)
	p.out = append(p.out, 0x89) // False
	p.global("collections", "OrderedDict")
	p.out = append(p.out, ')', 'R', 't', 'R')
	p.tensors = append(p.tensors, t)
}

func (p *pickler) ints(v []int) {
	p.out = append(p.out, '(')
	for _, x := range v {
		p.int(x)
	}
	p.out = append(p.out, 't')
}
