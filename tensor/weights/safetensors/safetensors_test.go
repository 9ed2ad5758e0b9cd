package safetensors

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/weightstest"
)

func file(header string, data ...byte) []byte {
	return weightstest.Builder{}.U64(uint64(len(header))).Text(header).U8(data...)
}

const two = `{"__metadata__":{"format":"pt"},"b":{"dtype":"I8","shape":[3],"data_offsets":[4,7]},` +
	`"a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]}}`

func TestReadListsTensorsInTheOrderOfTheirBytes(t *testing.T) {
	f, err := Read(mapped.Memory(file(two, 1, 2, 3, 4, 5, 6, 7)))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tensors) != 2 || f.Tensors[0].Name != "a" || f.Tensors[0].Type != mapped.F16 || len(f.Tensors[0].Shape) != 2 {
		t.Fatalf("tensors: %+v", f.Tensors)
	}
	if b, err := f.Tensor("b").Load(); err != nil || !bytes.Equal(b, []byte{5, 6, 7}) {
		t.Errorf("b: %v, %v", b, err)
	}
	if s, _ := f.Meta.String("format"); s != "pt" {
		t.Errorf("metadata: %v", f.Meta)
	}
}

func TestReadRefusesDamagedFiles(t *testing.T) {
	one := func(dtype, shape, offsets string) string {
		return `{"a":{"dtype":"` + dtype + `","shape":` + shape + `,"data_offsets":` + offsets + `}}`
	}
	for name, data := range map[string][]byte{
		"empty":                    nil,
		"header beyond the file":   weightstest.Builder{}.U64(1 << 60).Text("{}"),
		"no JSON":                  file("{"),
		"unknown type":             file(one("F12", "[1]", "[0,4]"), 1, 2, 3, 4),
		"2^60 values":              file(one("F32", "[1152921504606846976]", "[0,4]"), 1, 2, 3, 4),
		"dimensions wrap around":   file(one("F32", "[4294967296,4294967296]", "[0,0]")),
		"offsets beyond the file":  file(one("F32", "[1]", "[1000,1004]"), 1, 2, 3, 4),
		"offsets run backwards":    file(one("F32", "[1]", "[4,0]"), 1, 2, 3, 4),
		"negative offset":          file(one("F32", "[1]", "[-4,0]"), 1, 2, 3, 4),
		"size and shape disagree":  file(one("F32", "[2]", "[0,4]"), 1, 2, 3, 4),
		"bytes without a tensor":   file(one("F32", "[1]", "[0,4]"), 1, 2, 3, 4, 5),
		"a hole before the tensor": file(one("I8", "[1]", "[1,2]"), 1, 2),
		"tensors overlap": file(`{"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},`+
			`"b":{"dtype":"I8","shape":[2],"data_offsets":[1,3]}}`, 1, 2, 3),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(mapped.Memory(data)); fault.KindOf(err) != fault.Corrupt {
				t.Fatalf("got %v", err)
			}
		})
	}
	weightstest.Truncations(t, Read, file(two, 1, 2, 3, 4, 5, 6, 7))
}

func TestWriteThenReadGivesTheSame(t *testing.T) {
	source := mapped.Memory([]byte("0123456789ab"))
	a, _ := mapped.View(source, "x.y", mapped.F32, []int{2, 1}, 0)
	b, _ := mapped.View(source, "scalar", mapped.BF16, nil, 8)
	empty, _ := mapped.View(source, "empty", mapped.F32, []int{0, 4}, 0)
	var out bytes.Buffer
	if err := Write(&out, []*mapped.Tensor{a, b, empty}, map[string]string{"k": "v"}); err != nil {
		t.Fatal(err)
	}
	f, err := Read(mapped.Memory(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, x := range f.Tensors {
		data, err := x.Load()
		if err != nil {
			t.Fatal(err)
		}
		got.WriteString(x.Name + "=" + string(data) + ";")
	}
	if got.String() != "x.y=01234567;empty=;scalar=89;" && got.String() != "x.y=01234567;scalar=89;empty=;" {
		t.Errorf("got %s", got.String())
	}
	if err := Write(&out, []*mapped.Tensor{a, a}, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a tensor written twice: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(two, 1, 2, 3, 4, 5, 6, 7))
	f.Add(file("{}"))
	f.Fuzz(func(t *testing.T, data []byte) { weightstest.Promises(t, Read, data) })
}
