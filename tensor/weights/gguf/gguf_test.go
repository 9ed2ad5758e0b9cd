package gguf

import (
	"math"
	"slices"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/weightstest"
)

type build struct{ weightstest.Builder }

func header(tensors, pairs uint64) build {
	return build{weightstest.Builder{}.Text("GGUF").U32(3).U64(tensors, pairs)}
}

func (b build) text(s string) build { return build{b.U64(uint64(len(s))).Text(s)} }

func (b build) pair(key string, kind uint32, value ...byte) build {
	return build{b.text(key).U32(kind).U8(value...)}
}

func (b build) info(name string, kind uint32, offset uint64, dims ...uint64) build {
	return build{b.text(name).U32(uint32(len(dims))).U64(dims...).U32(kind).U64(offset)}
}

// data pads the header to the alignment and appends n bytes.
func (b build) data(align, n int) []byte {
	out := b.Builder
	for len(out)%align != 0 {
		out = out.U8(0)
	}
	return append(out, make([]byte, n)...)
}

func sample() []byte {
	words := build{weightstest.Builder{}.U32(kindString).U64(2)}.text("a").text("бв")
	numbers := weightstest.Builder{}.U32(kindF32).U64(3).F32(1, 2, 0.5)
	return header(2, 5).
		pair("general.alignment", kindU32, weightstest.Builder{}.U32(64)...).
		pair("words", kindArray, words.Builder...).
		pair("numbers", kindArray, numbers...).
		pair("name", kindString, build{}.text("x").Builder...).
		pair("scale", kindF64, weightstest.Builder{}.U64(math.Float64bits(0.25))...).
		info("f", 1, 0, 3, 2).
		info("q", 12, 64, 256, 2). // Q4_K
		data(64, 64+288)
}

func TestReadListsTensorsAndMetadata(t *testing.T) {
	f, err := Read(mapped.Memory(sample()))
	if err != nil {
		t.Fatal(err)
	}
	if q := f.Tensor("q"); q.Type != mapped.Q4_K || !slices.Equal(q.Shape, []int{2, 256}) {
		t.Errorf("q is %v %v", q.Type, q.Shape)
	}
	if x := f.Tensor("f"); x.Type != mapped.F16 || !slices.Equal(x.Shape, []int{2, 3}) {
		t.Errorf("f is %v %v", x.Type, x.Shape)
	}
	words, _ := f.Meta["words"].(Array)
	if got, err := words.Strings(); err != nil || !slices.Equal(got, []string{"a", "бв"}) {
		t.Errorf("words: %q, %v", got, err)
	}
	numbers, _ := f.Meta["numbers"].(Array)
	if got, err := numbers.Floats(); err != nil || !slices.Equal(got, []float64{1, 2, 0.5}) {
		t.Errorf("numbers: %v, %v", got, err)
	}
	if v, _ := f.Meta.Float("scale"); v != 0.25 {
		t.Errorf("scale: %v", v)
	}
}

func TestReadRefusesDamagedFiles(t *testing.T) {
	for name, data := range map[string][]byte{
		"2^60 tensors":           header(1<<60, 0).data(32, 0),
		"2^60 pairs":             header(0, 1<<60).data(32, 0),
		"2^60 dimension":         header(1, 0).info("x", 0, 0, 1<<60).data(32, 64),
		"five dimensions":        header(1, 0).info("x", 0, 0, 1, 1, 1, 1, 1).data(32, 64),
		"dimensions wrap around": header(1, 0).info("x", 0, 0, 1<<32, 1<<32).data(32, 64),
		"half a block":           header(1, 0).info("x", 12, 0, 128).data(32, 144),
		"offset beyond the file": header(1, 0).info("x", 0, 1<<63, 1).data(32, 64),
		"unknown type":           header(1, 0).info("x", 99, 0, 1).data(32, 64),
		"alignment of 3":         header(0, 1).pair("general.alignment", kindU32, 3, 0, 0, 0).data(32, 0),
		"array of arrays": header(0, 1).pair("x", kindArray,
			weightstest.Builder{}.U32(kindArray).U64(1)...).data(32, 64),
		"array of 2^60": header(0, 1).pair("x", kindArray,
			weightstest.Builder{}.U32(kindU64).U64(1<<60)...).data(32, 64),
		"two of a name": header(2, 0).info("x", 0, 0, 1).info("x", 0, 0, 1).data(32, 64),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(mapped.Memory(data)); fault.KindOf(err) != fault.Corrupt {
				t.Fatalf("got %v", err)
			}
		})
	}
	if _, err := Read(mapped.Memory([]byte("GGUF\x01\x00\x00\x00"))); fault.KindOf(err) != fault.Unsupported {
		t.Errorf("version 1: %v", err)
	}
}

func TestReadRefusesTruncatedFiles(t *testing.T) {
	data := sample()
	for n := range data {
		if _, err := Read(mapped.Memory(data[:n:n])); err == nil {
			t.Fatalf("the first %d of %d bytes are accepted", n, len(data))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample())
	f.Add(header(0, 0).data(32, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		weightstest.Promises(t, Read, data)
		file, err := Read(mapped.Memory(data))
		if err != nil {
			return
		}
		for _, v := range file.Meta {
			if a, ok := v.(Array); ok {
				_, wordsErr := a.Strings()
				_, numbersErr := a.Floats()
				if wordsErr != nil && numbersErr != nil {
					t.Fatalf("an array of neither: %v, %v", wordsErr, numbersErr)
				}
			}
		}
	})
}
