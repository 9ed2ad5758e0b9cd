package torchzip

import (
	"archive/zip"
	"bytes"
	"os"
	"slices"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/weightstest"
)

func checkpoint(t testing.TB) []byte {
	t.Helper()
	source := mapped.Memory([]byte("0123456789ab"))
	a, _ := mapped.View(source, "", mapped.F16, []int{2, 3}, 0)
	b, _ := mapped.View(source, "", mapped.F32, []int{1}, 8)
	var out bytes.Buffer
	err := weightstest.WriteTorch(&out, []weightstest.Pair{
		{Key: "dims", Value: []weightstest.Pair{{Key: "n_mels", Value: 80}, {Key: "kind", Value: "x"}}},
		{Key: "model_state_dict", Value: []weightstest.Pair{{Key: "a.weight", Value: a}, {Key: "a.bias", Value: b}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// archiveOf zips a pickle and one storage "0" of size bytes.
func archiveOf(t testing.TB, pickle string, size int, method uint16) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, data := range map[string][]byte{"m/data.pkl": []byte(pickle), "m/data/0": bytes.Repeat([]byte{1, 2}, size/2)} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// dictOf is a pickle of {"w": tensor} over storage "0" of n bytes (i8), with raw opcodes for offset, size and stride.
func dictOf(n, offset, size, stride string) string {
	return "\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nCharStorage\n" +
		"X\x01\x00\x00\x000X\x03\x00\x00\x00cpu" + n + "tQ" + offset + size + stride + "\x89N" + "tRs."
}

func TestReadFlattensNestedDicts(t *testing.T) {
	f, err := Read(mapped.Memory(checkpoint(t)))
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := f.Meta.Int("dims.n_mels"); n != 80 || len(f.Tensors) != 2 {
		t.Fatalf("%v, %d tensors", f.Meta, len(f.Tensors))
	}
	w := f.Tensor("model_state_dict.a.weight")
	if b, err := w.Load(); err != nil || string(b) != "0123456789ab" || !slices.Equal(w.Shape, []int{2, 3}) {
		t.Errorf("a.weight: %q %v, %v", b, w.Shape, err)
	}
}

func TestTransposedTensorsAreGathered(t *testing.T) {
	// size (2, 3), stride (1, 2): the transpose of a row-major [3, 2]
	data := archiveOf(t, dictOf("K\x08", "K\x01", "K\x02K\x03\x86", "K\x01K\x02\x86"), 8, zip.Store)
	f, err := Read(mapped.Memory(data))
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Tensors[0].Load() // storage 1 2 1 2 1 2 1 2
	if err != nil || !bytes.Equal(b, []byte{2, 2, 2, 1, 1, 1}) {
		t.Errorf("got %v, %v", b, err)
	}
}

func TestReadRefusesDamagedAndHostileFiles(t *testing.T) {
	hugePickle := "\x80\x02}X\x01\x00\x00\x00aJ\xff\xff\xff\x7fs" // no STOP
	// a list that holds the one before twice, forty times over: 2^40 leaves
	laughs := "\x80\x02]q\x00"
	for range 40 {
		laughs += "](h\x00h\x00eq\x00"
	}
	for name, c := range map[string][]byte{
		"no zip":                      []byte("PK\x03\x04 but no more"),
		"a pickle without its end":    archiveOf(t, hugePickle, 8, zip.Store),
		"compressed members":          archiveOf(t, dictOf("K\x08", "K\x00", "K\x08\x85", "K\x01\x85"), 8, zip.Deflate),
		"storage longer than member":  archiveOf(t, dictOf("J\xff\xff\xff\x7f", "K\x00", "K\x08\x85", "K\x01\x85"), 8, zip.Store),
		"size beyond the storage":     archiveOf(t, dictOf("K\x08", "K\x00", "K\x09\x85", "K\x01\x85"), 8, zip.Store),
		"offset beyond the storage":   archiveOf(t, dictOf("K\x08", "K\x01", "K\x08\x85", "K\x01\x85"), 8, zip.Store),
		"stride beyond the storage":   archiveOf(t, dictOf("K\x08", "K\x00", "K\x02\x85", "K\x08\x85"), 8, zip.Store),
		"a negative stride":           archiveOf(t, dictOf("K\x08", "K\x00", "K\x02\x85", "J\xff\xff\xff\xff\x85"), 8, zip.Store),
		"a stride that wraps around":  archiveOf(t, dictOf("K\x08", "K\x00", "K\x08\x85", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85"), 8, zip.Store),
		"shape and strides disagree":  archiveOf(t, dictOf("K\x08", "K\x00", "K\x08\x85", "K\x01K\x01\x86"), 8, zip.Store),
		"an empty stack":              archiveOf(t, "\x80\x02R.", 8, zip.Store),
		"an opcode that runs code":    archiveOf(t, "\x80\x02cos\nsystem\n(X\x02\x00\x00\x00lsto.", 8, zip.Store),
		"values that multiply":        archiveOf(t, laughs+".", 8, zip.Store),
		"a dict that contains itself": archiveOf(t, "\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.", 8, zip.Store),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(mapped.Memory(c)); fault.KindOf(err) != fault.Corrupt {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestClassesAreNeverRun(t *testing.T) {
	data := archiveOf(t, "\x80\x02}X\x01\x00\x00\x00acos\nsystem\nX\x02\x00\x00\x00ls\x85Rs.", 8, zip.Store)
	f, err := Read(mapped.Memory(data))
	if err != nil || len(f.Tensors) != 0 || len(f.Meta) != 0 {
		t.Errorf("an unknown class gave %v, %v", f, err)
	}
}

func TestCheckpointOfPyTorchItselfIsRead(t *testing.T) {
	data, err := os.ReadFile(shared.Path(t, "data/models/taef2_encoder.pth"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(mapped.Memory(data))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tensors) != 79 { // as many as the zip has storages
		t.Errorf("%d tensors", len(f.Tensors))
	}
	weightstest.Promises(t, Read, data)
}

func FuzzRead(f *testing.F) {
	f.Add(checkpoint(f))
	f.Add(archiveOf(f, dictOf("K\x08", "K\x01", "K\x02K\x03\x86", "K\x01K\x02\x86"), 8, zip.Store))
	f.Fuzz(func(t *testing.T, data []byte) { weightstest.Promises(t, Read, data) })
}

// FuzzPickle reaches the interpreter without the zip around it, whose checksums stop most mutations.
func FuzzPickle(f *testing.F) {
	f.Add([]byte(dictOf("K\x08", "K\x01", "K\x02K\x03\x86", "K\x01K\x02\x86")))
	f.Add([]byte("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94\x8c\x01b\x8c\x01c\x93)\x81s."))
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := unpickle(data)
		if err != nil {
			return
		}
		a := &archive{source: mapped.Memory(make([]byte, 64)), members: map[string]span{"0": {8, 16}}}
		w := &walker{archive: a, meta: mapped.Meta{}}
		if w.walk("", root, 0) != nil {
			return
		}
		for _, x := range w.tensors {
			size, _ := mapped.Size(x.Type, x.Shape)
			if b, err := x.Load(); err != nil || len(b) != size {
				t.Fatalf("loaded %d bytes of %d: %v", len(b), size, err)
			}
		}
	})
}
