package ct2

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/weightstest"
)

type build struct{ weightstest.Builder }

func (b build) text(s string) build {
	return build{b.U16(uint16(len(s) + 1)).Text(s).U8(0)}
}

func (b build) variable(name string, dtype uint8, dims []uint32, data ...byte) build {
	b = b.text(name)
	return build{b.U8(uint8(len(dims))).U32(dims...).U8(dtype).U32(uint32(len(data))).U8(data...)}
}

func header(variables uint32) build {
	b := build{weightstest.Builder{}.U32(6)}.text("WhisperSpec")
	return build{b.U32(3, variables)}
}

// sample has a scalar, an f16 tensor, an int8 matrix with its scale, and an alias.
func sample() []byte {
	b := header(4).variable("heads", 2, nil, 8, 0).
		variable("norm/gamma", 4, []uint32{2}, 0, 0x3c, 0, 0x40).
		variable("proj/weight", 1, []uint32{2, 3}, 1, 2, 3, 0xff, 0xfe, 0xfd).
		variable("proj/weight_scale", 0, []uint32{2}, weightstest.Builder{}.F32(4, 0.5)...)
	b = build{b.U32(1)}.text("tied").text("proj/weight")
	return b.Builder
}

func TestReadListsVariablesAndAttachesScales(t *testing.T) {
	f, err := Read(mapped.Memory(sample()))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tensors) != 3 || f.Tensor("proj/weight_scale") != nil {
		t.Fatalf("%d tensors", len(f.Tensors))
	}
	if n, err := f.Int("heads"); n != 8 || err != nil {
		t.Errorf("heads: %d, %v", n, err)
	}
	w := f.Tensor("tied")
	if w == nil || w.Name != "proj/weight" || w.Scale == nil {
		t.Fatalf("the alias gives %+v", w)
	}
	scale, err := w.Scale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{0.25, 2} { // CTranslate2 multiplied by 4 and 0.5
		if got := math.Float32frombits(binary.LittleEndian.Uint32(scale[4*i:])); got != want {
			t.Errorf("scale %d is %g, want %g", i, got, want)
		}
	}
	if r, _ := f.Meta.Int("revision"); r != 3 {
		t.Errorf("metadata: %v", f.Meta)
	}
}

func TestReadRefusesDamagedFiles(t *testing.T) {
	none := func(b build) []byte { return b.U32(0) }
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
	}{
		"another version":         {append([]byte{5}, sample()[1:]...), fault.Unsupported},
		"2^32-1 variables":        {none(header(math.MaxUint32)), fault.Corrupt},
		"dimensions wrap around":  {none(header(1).variable("x", 1, []uint32{1 << 31, 1 << 31, 4})), fault.Corrupt},
		"size and shape disagree": {none(header(1).variable("x", 0, []uint32{2}, 1, 2, 3, 4)), fault.Corrupt},
		"unknown dtype":           {none(header(1).variable("x", 9, nil, 1)), fault.Corrupt},
		"name without NUL":        {none(build{header(1).U16(1).U8('x', 0, 1).U32(1).U8(0)}), fault.Corrupt},
		"bytes after the end":     {append(sample(), 0), fault.Corrupt},
		"a scale too short": {none(header(2).variable("x", 1, []uint32{2}, 1, 2).
			variable("x_scale", 0, []uint32{1}, 0, 0, 0, 0)), fault.Corrupt},
		"two of a name": {none(header(2).variable("x", 1, nil, 1).variable("x", 1, nil, 1)), fault.Corrupt},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(mapped.Memory(c.data)); fault.KindOf(err) != c.kind {
				t.Fatalf("got %v", err)
			}
		})
	}
	weightstest.Truncations(t, Read, sample())
}

func TestWhisperBaseIsReadToItsLastByte(t *testing.T) {
	source, err := mapped.Map(shared.Model(t, "whisper-base") + "/model.bin")
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	if !Sniff(source.Data()[:64]) {
		t.Error("Sniff does not know it")
	}
	f, err := Read(source)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tensors) != 212 || f.Aliases["decoder/projection/weight"] != "decoder/embeddings/weight" {
		t.Errorf("%d tensors, aliases %v; want those of ct2-layout.md", len(f.Tensors), f.Aliases)
	}
	zero, err := f.Tensor("encoder/layer_0/self_attention/linear_0/bias").Load()
	if err != nil || !bytes.Equal(zero[1024:2048], make([]byte, 1024)) {
		t.Errorf("the key's bias is not zero: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample())
	f.Add([]byte(header(0).U32(0)))
	f.Fuzz(func(t *testing.T, data []byte) { weightstest.Promises(t, Read, data) })
}
