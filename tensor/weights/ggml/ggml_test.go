package ggml

import (
	"slices"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/weightstest"
)

type build struct{ weightstest.Builder }

func (b build) tensor(name string, kind uint32, dims []uint32, data ...byte) build {
	return build{b.U32(uint32(len(dims)), uint32(len(name)), kind).U32(dims...).Text(name).U8(data...)}
}

func silero() []byte {
	b := build{weightstest.Builder{}.U32(magic, 10).Text("silero-16k").
		U32(6, 2, 0, 512, 64, 1).U32(129, 128, 3).U32(128, 128, 128, 1)}
	return b.tensor("bias", 0, nil, 0, 0, 128, 63).tensor("conv", 1, []uint32{3, 2}, make([]byte, 12)...).Builder
}

func whisper() []byte {
	b := build{weightstest.Builder{}.U32(magic).U32(51865, 1500, 512, 8, 6, 448, 512, 8, 6, 80, 1).
		U32(1, 2).F32(0.5, 0.25).U32(2).U32(1).Text("a").U32(2).Text("bc")}
	return b.tensor("encoder.conv1.bias", 0, []uint32{1, 1}, 0, 0, 128, 63).Builder
}

func TestReadKnowsBothHeaders(t *testing.T) {
	s, err := Read(mapped.Memory(silero()))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := s.Meta.Int("n_context"); v != 64 || !slices.Equal(s.Tensor("conv").Shape, []int{2, 3}) {
		t.Errorf("silero: %v, %v", s.Meta, s.Tensor("conv").Shape)
	}
	w, err := Read(mapped.Memory(whisper()))
	if err != nil {
		t.Fatal(err)
	}
	tokens, _ := w.Meta["tokens"].([]string)
	if !slices.Equal(tokens, []string{"a", "bc"}) || !slices.Equal(w.Tensor("mel_filters").Shape, []int{1, 2}) {
		t.Errorf("whisper: %v, %v", tokens, w.Tensor("mel_filters").Shape)
	}
}

func TestReadRefusesDamagedFiles(t *testing.T) {
	head := build{slices.Clip(silero()[:4+4+10+4*6+12+16])} // clipped: each append copies
	for name, data := range map[string][]byte{
		"another magic":         weightstest.Builder{}.U32(1, 2, 3),
		"2^31 layers":           weightstest.Builder{}.U32(magic, 10).Text("silero-16k").U32(6, 2, 0, 512, 64, 1<<31),
		"2^32-1 layers":         weightstest.Builder{}.U32(magic, 10).Text("silero-16k").U32(6, 2, 0, 512, 64, 1<<32-1),
		"nine dimensions":       head.tensor("x", 0, make([]uint32, 9)).Builder,
		"a negative dimension":  head.tensor("x", 0, []uint32{1 << 31}).Builder,
		"a shape of terabytes":  head.tensor("x", 0, []uint32{1 << 30, 1 << 30}).Builder,
		"an unknown type":       head.tensor("x", 77, nil, 1).Builder,
		"a name past the end":   head.U32(0, 1000, 0).Text("x"),
		"two tensors of a name": head.tensor("x", 0, nil, 1, 2, 3, 4).tensor("x", 0, nil, 1, 2, 3, 4).Builder,
		"2^32-1 tokens": weightstest.Builder{}.U32(magic).U32(51865, 1500, 512, 8, 6, 448, 512, 8, 6, 80, 1).
			U32(0, 0).U32(1<<32 - 1),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(mapped.Memory(data)); fault.KindOf(err) != fault.Corrupt {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(silero())
	f.Add(whisper())
	f.Fuzz(func(t *testing.T, data []byte) { weightstest.Promises(t, Read, data) })
}
