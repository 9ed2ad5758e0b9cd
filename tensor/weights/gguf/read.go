package gguf

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// maxRank is GGML_MAX_DIMS.
const maxRank = 4

// Sniff says whether head, the first bytes of a file, belongs to a GGUF file.
func Sniff(head []byte) bool { return len(head) >= 4 && string(head[:4]) == "GGUF" }

// Read lists the tensors of source. Meta holds string, bool, int64, uint64, float64 and [Array].
func Read(source *mapped.Mapping) (*mapped.File, error) {
	const op fault.Op = "gguf.Read"
	c := mapped.NewCursor(source.Data())
	c.Bytes(4)
	if v := c.U32(); v != 2 && v != 3 {
		return nil, fault.Errorf(op, fault.Unsupported, "GGUF version %d: this program reads 2 and 3, little-endian", v)
	}
	count, pairs := c.U64(), c.U64()
	meta := readMeta(c, pairs)
	infos := readInfos(c, count)
	if c.Err() != nil {
		return nil, fault.E(op, fault.Corrupt, c.Err())
	}
	base, err := dataStart(c.Pos(), meta)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	tensors := make([]*mapped.Tensor, len(infos))
	for i, info := range infos {
		if info.offset > uint64(len(source.Data())) {
			return nil, fault.Errorf(op, fault.Corrupt, "tensor %q: %w", info.name, mapped.ErrTruncated)
		}
		t, err := mapped.View(source, info.name, info.kind, info.shape, base+int(info.offset))
		if err != nil {
			return nil, fault.E(op, fault.Corrupt, err)
		}
		tensors[i] = t
	}
	file, err := mapped.New("gguf", source, tensors)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file.Meta = meta
	return file, nil
}

type info struct {
	name   string
	kind   mapped.Type
	shape  []int
	offset uint64
}

func readInfos(c *mapped.Cursor, n uint64) []info {
	if !c.Many(n, 24) { // the shortest: an empty name, rank 0
		return nil
	}
	infos := make([]info, 0, n)
	for range n {
		in := info{name: text(c)}
		rank := c.U32()
		if rank > maxRank {
			c.Fail(fmt.Errorf("tensor %q has %d dimensions", in.name, rank))
			return nil
		}
		for range rank {
			d := c.U64()
			if d > 1<<48 {
				c.Fail(fmt.Errorf("tensor %q has a dimension of %d", in.name, d))
			}
			in.shape = append(in.shape, int(d))
		}
		slices.Reverse(in.shape)
		kind, err := mapped.GGML(c.U32())
		if err != nil {
			c.Fail(fmt.Errorf("tensor %q: %w", in.name, err))
		}
		in.kind, in.offset = kind, c.U64()
		if c.Err() != nil {
			return nil
		}
		infos = append(infos, in)
	}
	return infos
}

// dataStart rounds the end of the header up to general.alignment, 32 where the file does not say.
func dataStart(pos int, meta mapped.Meta) (int, error) {
	align := 32
	if _, said := meta["general.alignment"]; said {
		n, ok := meta.Int("general.alignment")
		if !ok || n <= 0 || n > 1<<20 || n&(n-1) != 0 {
			return 0, errors.New("general.alignment is no power of two")
		}
		align = n
	}
	return (pos + align - 1) / align * align, nil
}

func text(c *mapped.Cursor) string { return string(c.Bytes(c.U64())) }
