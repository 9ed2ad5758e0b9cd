package ct2

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// version is the only binary version that was looked at.
const version = 6

// types is CTranslate2's enum DataType (include/ctranslate2/types.h).
var types = [...]mapped.Type{mapped.F32, mapped.I8, mapped.I16, mapped.I32, mapped.F16, mapped.BF16}

// Sniff says whether head, the first bytes of a file, may belong to a model.bin: a small version, then a spec name.
func Sniff(head []byte) bool {
	if len(head) < 8 || binary.LittleEndian.Uint32(head) > 64 {
		return false
	}
	n := int(binary.LittleEndian.Uint16(head[4:]))
	if n < 2 || n > 64 || len(head) < 6+n || head[6+n-1] != 0 {
		return false
	}
	return strings.IndexFunc(string(head[6:6+n-1]), func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// Read lists the variables of source. Meta holds "spec" and "revision".
func Read(source *mapped.Mapping) (*mapped.File, error) {
	const op fault.Op = "ct2.Read"
	c := mapped.NewCursor(source.Data())
	if v := c.U32(); c.Err() == nil && v != version {
		return nil, fault.Errorf(op, fault.Unsupported, "CTranslate2 binary version %d: convert the model again for version %d", v, version)
	}
	spec, revision := text(c), c.U32()
	variables, err := readVariables(source, c)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	aliases := readAliases(c)
	if c.Left() > 0 {
		c.Fail(errors.New("bytes follow the table of aliases"))
	}
	if c.Err() != nil {
		return nil, fault.E(op, fault.Corrupt, c.Err())
	}
	tensors, err := attachScales(variables)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file, err := mapped.New("ct2", source, tensors)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file.Aliases = aliases
	file.Meta["spec"], file.Meta["revision"] = spec, int64(revision)
	return file, nil
}

func text(c *mapped.Cursor) string {
	n := c.U16()
	b := c.Bytes(uint64(n))
	if c.Err() == nil && (n == 0 || b[n-1] != 0) {
		c.Fail(errors.New("a string without its closing NUL"))
	}
	if c.Err() != nil {
		return ""
	}
	return string(b[:n-1])
}

func readVariables(source *mapped.Mapping, c *mapped.Cursor) ([]*mapped.Tensor, error) {
	n := c.U32()
	if !c.Many(uint64(n), 9) { // the shortest variable: an empty name, rank 0, no data
		return nil, c.Err()
	}
	tensors := make([]*mapped.Tensor, 0, n)
	for range n {
		name := text(c)
		shape := make([]int, c.U8())
		for i := range shape {
			shape[i] = int(c.U32())
		}
		id, size := c.U8(), c.U32()
		at := c.Pos()
		if c.Bytes(uint64(size)); c.Err() != nil {
			return nil, c.Err()
		}
		if int(id) >= len(types) {
			return nil, fmt.Errorf("variable %q has dtype %d", name, id)
		}
		if want, err := mapped.Size(types[id], shape); err != nil || want != int(size) {
			return nil, fmt.Errorf("variable %q: %d bytes do not hold %v %v", name, size, types[id], shape)
		}
		t, err := mapped.View(source, name, types[id], shape, at)
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, t)
	}
	return tensors, c.Err()
}

func readAliases(c *mapped.Cursor) map[string]string {
	n := c.U32()
	if !c.Many(uint64(n), 6) { // two strings of a NUL each
		return nil
	}
	aliases := make(map[string]string, n)
	for range n {
		alias := text(c)
		aliases[alias] = text(c)
	}
	return aliases
}

// attachScales moves each <name>_scale into the int8 tensor that it belongs to.
func attachScales(variables []*mapped.Tensor) ([]*mapped.Tensor, error) {
	byName := make(map[string]*mapped.Tensor, len(variables))
	for _, t := range variables {
		byName[t.Name] = t
	}
	kept := variables[:0:0]
	for _, t := range variables {
		base, isScale := strings.CutSuffix(t.Name, "_scale")
		owner := byName[base]
		if !isScale || owner == nil || owner.Type != mapped.I8 {
			kept = append(kept, t)
			continue
		}
		if n, _ := mapped.Count(t.Shape); t.Type != mapped.F32 || len(owner.Shape) == 0 || n != owner.Shape[0] {
			return nil, fmt.Errorf("%q of %v %v is no scale for the rows of %v", t.Name, t.Type, t.Shape, owner.Shape)
		}
		owner.Scale = reciprocal(t)
	}
	return kept, nil
}

// reciprocal is a tensor of 1/x for every x of t.
func reciprocal(t *mapped.Tensor) *mapped.Tensor {
	return &mapped.Tensor{
		Name: t.Name, Type: mapped.F32, Shape: t.Shape,
		Load: func() ([]byte, error) {
			b, err := t.Load()
			if err != nil {
				return nil, err
			}
			out := make([]byte, len(b))
			for i := 0; i < len(b); i += 4 {
				x := math.Float32frombits(binary.LittleEndian.Uint32(b[i:]))
				binary.LittleEndian.PutUint32(out[i:], math.Float32bits(1/x))
			}
			return out, nil
		},
		Release: func([]byte) {},
	}
}
