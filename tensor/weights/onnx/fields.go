package onnx

import (
	"fmt"

	"github.com/dauys/dauys/tensor/weights/mapped"
	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of onnx/onnx.proto.
const (
	modelIR, modelGraph, modelMeta       = 1, 7, 14
	graphNode, graphInit, graphSparse    = 1, 5, 15
	nodeInput, nodeOutput, nodeName      = 1, 2, 3
	nodeOp, nodeAttr                     = 4, 5
	attrName, attrF, attrI, attrS, attrT = 1, 2, 3, 4, 5
	attrG, attrFloats, attrInts          = 6, 7, 8
	attrGraphs                           = 11
	tensorDims, tensorType, tensorName   = 1, 2, 8
	tensorFloats, tensorInts32           = 4, 5
	tensorInts64, tensorRaw              = 7, 9
	tensorDoubles, tensorLocation        = 10, 14
	pairKey, pairValue                   = 1, 2
)

// types is enum TensorProto.DataType.
var types = map[uint64]mapped.Type{
	1: mapped.F32, 2: mapped.U8, 3: mapped.I8, 5: mapped.I16, 6: mapped.I32, 7: mapped.I64, 9: mapped.Bool,
	10: mapped.F16, 11: mapped.F64, 16: mapped.BF16, 17: mapped.F8E4M3, 19: mapped.F8E5M2,
}

// message is an encoded message and where it lies in the file.
type message struct {
	data []byte
	at   int
}

// field is one field of a message: a number, or bytes.
type field struct {
	num   protowire.Number
	value uint64 // varint, fixed32 and fixed64
	body  message
}

// each calls visit for the fields of m in order.
func (m message) each(visit func(field) error) error {
	for pos := 0; pos < len(m.data); {
		num, kind, n := protowire.ConsumeTag(m.data[pos:])
		if n < 0 {
			return fmt.Errorf("at byte %d: %w", m.at+pos, protowire.ParseError(n))
		}
		start := pos + n
		f := field{num: num}
		switch kind {
		case protowire.VarintType:
			f.value, n = protowire.ConsumeVarint(m.data[start:])
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(m.data[start:])
			f.value = uint64(v)
		case protowire.Fixed64Type:
			f.value, n = protowire.ConsumeFixed64(m.data[start:])
		case protowire.BytesType:
			var b []byte
			b, n = protowire.ConsumeBytes(m.data[start:])
			f.body = message{b, m.at + start + n - len(b)}
		default:
			return fmt.Errorf("at byte %d: wire type %d does not belong here", m.at+pos, kind)
		}
		if n < 0 {
			return fmt.Errorf("at byte %d: %w", m.at+pos, protowire.ParseError(n))
		}
		if err := visit(f); err != nil {
			return err
		}
		pos = start + n
	}
	return nil
}

// varints appends a repeated integer field, packed or not.
func (f field) varints(to []int64) ([]int64, error) {
	if f.body.data == nil {
		return append(to, int64(f.value)), nil
	}
	for b := f.body.data; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return nil, fmt.Errorf("at byte %d: %w", f.body.at, protowire.ParseError(n))
		}
		to, b = append(to, int64(v)), b[n:]
	}
	return to, nil
}

func (f field) text() string { return string(f.body.data) }
