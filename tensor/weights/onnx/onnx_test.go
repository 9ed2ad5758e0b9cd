package onnx

import (
	"bytes"
	"slices"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/weightstest"
	"google.golang.org/protobuf/encoding/protowire"
)

// proto builds a message.
type proto []byte

func (p proto) num(field protowire.Number, v uint64) proto {
	return protowire.AppendVarint(protowire.AppendTag(p, field, protowire.VarintType), v)
}

func (p proto) bytes(field protowire.Number, b []byte) proto {
	return protowire.AppendBytes(protowire.AppendTag(p, field, protowire.BytesType), b)
}

func (p proto) text(field protowire.Number, s string) proto { return p.bytes(field, []byte(s)) }

func tensorOf(name string, kind uint64, dims ...uint64) proto {
	p := proto{}
	for _, d := range dims {
		p = p.num(tensorDims, d)
	}
	return p.num(tensorType, kind).text(tensorName, name)
}

func model(graph proto) []byte { return proto{}.num(modelIR, 8).bytes(modelGraph, graph) }

// sample: a Conv whose weight lost its name, and an If with a Constant in a branch.
func sample() []byte {
	conv := proto{}.text(nodeInput, "x").text(nodeInput, "onnx::Conv_7").text(nodeInput, "pre.bias").
		text(nodeOutput, "y").text(nodeName, "/pre/Conv").text(nodeOp, "Conv").
		bytes(nodeAttr, proto{}.text(attrName, "strides").bytes(attrInts, []byte{2, 3}))
	constant := proto{}.text(nodeOutput, "c").text(nodeOp, "Constant").
		bytes(nodeAttr, proto{}.text(attrName, "value").bytes(attrT, tensorOf("", 7, 2).bytes(tensorInts64, []byte{1, 5})))
	add := proto{}.text(nodeInput, "c").text(nodeInput, "pre.bias").text(nodeOp, "Add").text(nodeName, "add")
	branch := proto{}.bytes(graphNode, constant).bytes(graphNode, add)
	cond := proto{}.text(nodeName, "if").text(nodeOp, "If").
		bytes(nodeAttr, proto{}.text(attrName, "then_branch").bytes(attrG, branch))
	return model(proto{}.bytes(graphNode, conv).bytes(graphNode, cond).
		bytes(graphInit, tensorOf("onnx::Conv_7", 1, 1, 2).bytes(tensorRaw, []byte("01234567"))).
		bytes(graphInit, tensorOf("pre.bias", 1, 1).bytes(tensorFloats, []byte("abcd"))))
}

func TestReadListsTensorsWithTheirConsumers(t *testing.T) {
	f, err := Read(mapped.Memory(sample()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		data      string
		consumers []string
	}{
		"onnx::Conv_7":     {"01234567", []string{"/pre/Conv:1"}},
		"pre.bias":         {"abcd", []string{"/pre/Conv:2", "if/then_branch/add:1"}},
		"if/then_branch/c": {"\x01\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00", []string{"if/then_branch/add:0"}},
	} {
		x := f.Tensor(name)
		if x == nil {
			t.Fatalf("%s is missing", name)
		}
		b, err := x.Load()
		if err != nil || string(b) != want.data || !slices.Equal(x.Consumers, want.consumers) {
			t.Errorf("%s: %q read by %q, %v", name, b, x.Consumers, err)
		}
	}
	nodes, _ := f.Meta["nodes"].([]Node)
	if len(nodes) != 4 || !slices.Equal(nodes[0].Attrs["strides"].Ints, []int64{2, 3}) {
		t.Errorf("nodes: %+v", nodes)
	}
}

func TestReadRefusesDamagedFiles(t *testing.T) {
	initial := func(tensor proto) []byte { return model(proto{}.bytes(graphInit, tensor)) }
	deep := proto{}
	for range 20 {
		deep = proto{}.bytes(graphNode, proto{}.text(nodeName, "n").
			bytes(nodeAttr, proto{}.text(attrName, "a").bytes(attrG, deep)))
	}
	for name, data := range map[string][]byte{
		"no graph":               proto{}.num(modelIR, 8),
		"two graphs":             append(model(nil), model(nil)...),
		"2^60 values":            initial(tensorOf("x", 1, 1<<60).bytes(tensorRaw, []byte("0123"))),
		"a negative dimension":   initial(tensorOf("x", 1, 1<<64-1).bytes(tensorRaw, []byte("0123"))),
		"too few bytes":          initial(tensorOf("x", 1, 2).bytes(tensorRaw, []byte("0123"))),
		"too few numbers":        initial(tensorOf("x", 7, 3).bytes(tensorInts64, []byte{1, 2})),
		"values in two places":   initial(tensorOf("x", 1, 1).bytes(tensorRaw, []byte("0123")).bytes(tensorRaw, []byte("0123"))),
		"weights elsewhere":      initial(tensorOf("x", 1, 1).num(tensorLocation, external)),
		"a length past the end":  append(model(nil), modelGraph<<3|2, 0xff, 0xff, 0xff, 0xff, 0x0f),
		"a varint without end":   append(model(nil), 0x08, 0xff),
		"graphs nested 20 deep":  model(deep),
		"two tensors of a name":  model(proto{}.bytes(graphInit, tensorOf("x", 1, 0)).bytes(graphInit, tensorOf("x", 1, 0))),
		"a sparse initialiser":   model(proto{}.bytes(graphSparse, nil)),
		"a wire type of groups":  append(model(nil), 0x0b),
		"a field with number 0":  append(model(nil), 0x00, 0x01),
		"fixed32 past the end":   append(model(nil), 0x0d, 1, 2),
		"a broken packed number": initial(tensorOf("x", 7, 1).bytes(tensorInts64, []byte{0x80})),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(mapped.Memory(data)); fault.KindOf(err) != fault.Corrupt {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// Silero's ONNX and safetensors files are of different versions, but the Fourier basis is the same in both.
func TestWeightsInsideBranchesAreFoundByTheirConsumer(t *testing.T) {
	open := func(name string) *mapped.Mapping {
		m, err := mapped.Map(shared.Path(t, "data/models/"+name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		return m
	}
	f, err := Read(open("silero_vad.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	other := open("silero_vad_16k.safetensors").Data()
	const consumer = "If_0/then_branch/If_0_then_branch__Inline_0__/stft/Conv:1"
	at := slices.IndexFunc(f.Tensors, func(x *mapped.Tensor) bool { return slices.Contains(x.Consumers, consumer) })
	if at < 0 || !slices.Equal(f.Tensors[at].Shape, []int{258, 1, 256}) {
		t.Fatalf("no basis among %d tensors", len(f.Tensors))
	}
	if b, err := f.Tensors[at].Load(); err != nil || !bytes.Contains(other, b) {
		t.Errorf("the basis differs from the safetensors file's: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample())
	f.Add(model(proto{}.bytes(graphInit, tensorOf("x", 10, 2).bytes(tensorInts32, []byte{1, 2}))))
	f.Fuzz(func(t *testing.T, data []byte) { weightstest.Promises(t, Read, data) })
}
