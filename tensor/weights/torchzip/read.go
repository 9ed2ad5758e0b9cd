package torchzip

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// Sniff says whether head, the first bytes of a file, belongs to a zip.
func Sniff(head []byte) bool { return len(head) >= 4 && string(head[:4]) == "PK\x03\x04" }

// Read lists the tensors of source in the order of the pickle. Meta holds the dicts' plain values: string, bool, int64,
// float64.
func Read(source *mapped.Mapping) (*mapped.File, error) {
	const op fault.Op = "torchzip.Read"
	a, err := openArchive(source)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	root, err := unpickle(a.pickle)
	if err != nil {
		return nil, fault.Errorf(op, fault.Corrupt, "%s/data.pkl: %w", a.top, err)
	}
	w := &walker{archive: a, meta: mapped.Meta{}}
	if err := w.walk("", root, 0); err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file, err := mapped.New("torch", source, w.tensors)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file.Meta = w.meta
	return file, nil
}

// archive is the zip's members as ranges of the mapping.
type archive struct {
	source  *mapped.Mapping
	top     string
	pickle  []byte
	members map[string]span // by key of the storage
}

type span struct{ at, size int }

func openArchive(source *mapped.Mapping) (*archive, error) {
	data := source.Data()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	a := &archive{source: source, members: map[string]span{}}
	for _, f := range r.File {
		if top, ok := strings.CutSuffix(f.Name, "/data.pkl"); ok {
			a.top = top
		}
	}
	if a.top == "" {
		return nil, fmt.Errorf("the zip holds no data.pkl: not a PyTorch checkpoint")
	}
	for _, f := range r.File {
		name, inside := strings.CutPrefix(f.Name, a.top+"/")
		key, isStorage := strings.CutPrefix(name, "data/")
		if !inside || name != "data.pkl" && name != "byteorder" && !isStorage {
			continue
		}
		s, err := locate(f, len(data))
		if err != nil {
			return nil, err
		}
		switch content := data[s.at : s.at+s.size]; {
		case isStorage:
			a.members[key] = s
		case name == "data.pkl":
			a.pickle = content
		case strings.TrimSpace(string(content)) != "little":
			return nil, fmt.Errorf("a checkpoint of byte order %.8q: save it on a little-endian machine", content)
		}
	}
	return a, nil
}

// locate finds the bytes of a stored member.
func locate(f *zip.File, size int) (span, error) {
	at, err := f.DataOffset()
	if err != nil {
		return span{}, fmt.Errorf("member %q: %w", f.Name, err)
	}
	n := f.UncompressedSize64
	if f.Method != zip.Store || n != f.CompressedSize64 {
		return span{}, fmt.Errorf("member %q is compressed: torch.save stores", f.Name)
	}
	if at < 0 || at > int64(size) || n > uint64(int64(size)-at) {
		return span{}, fmt.Errorf("member %q: %w", f.Name, mapped.ErrTruncated)
	}
	return span{int(at), int(n)}, nil
}

// Limits of the walk: no checkpoint comes near, and a pickle whose values refer to each other stops there.
const (
	maxDepth  = 24
	maxValues = 1 << 20
)

// walker flattens the pickle's dicts.
type walker struct {
	archive *archive
	tensors []*mapped.Tensor
	meta    mapped.Meta
	seen    int
}

func (w *walker) walk(name string, v any, depth int) error {
	if w.seen++; w.seen > maxValues || depth > maxDepth {
		return fmt.Errorf("the pickle nests too deep or holds more than %d values", maxValues)
	}
	switch v := v.(type) {
	case *tensor:
		t, err := w.archive.view(name, v)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		w.tensors = append(w.tensors, t)
	case *dict:
		for i, k := range v.keys {
			if err := w.walk(join(name, k), v.values[i], depth+1); err != nil {
				return err
			}
		}
	case *list:
		return w.items(name, v.items, depth)
	case tuple:
		return w.items(name, v, depth)
	case string, bool, int64, float64:
		w.meta[name] = v
	}
	return nil
}

func (w *walker) items(name string, items []any, depth int) error {
	for i, item := range items {
		if err := w.walk(join(name, int64(i)), item, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func join(name string, key any) string {
	if name == "" {
		return fmt.Sprint(key)
	}
	return name + "." + fmt.Sprint(key)
}

// view makes a lazy tensor: bytes of the file where they are contiguous, else gathered when they are loaded.
func (a *archive) view(name string, t *tensor) (*mapped.Tensor, error) {
	member, ok := a.members[t.storage]
	if !ok {
		return nil, fmt.Errorf("storage %q is not in the file", t.storage)
	}
	_, width := t.kind.Block()
	if t.numel > math.MaxInt64/int64(width) || t.numel*int64(width) > int64(member.size) {
		return nil, fmt.Errorf("storage %q has %d bytes, not %d values", t.storage, member.size, t.numel)
	}
	count, err := t.check()
	if err != nil {
		return nil, err
	}
	if count == 0 {
		return mapped.View(a.source, name, t.kind, t.shape, member.at)
	}
	if t.contiguous() {
		return mapped.View(a.source, name, t.kind, t.shape, member.at+int(t.offset)*width)
	}
	return &mapped.Tensor{
		Name: name, Type: t.kind, Shape: t.shape,
		Load: func() ([]byte, error) {
			storage, err := a.source.Bytes(member.at, member.size)
			if err != nil {
				return nil, err
			}
			return t.gather(storage, width, count), nil
		},
		Release: func([]byte) {},
	}, nil
}
