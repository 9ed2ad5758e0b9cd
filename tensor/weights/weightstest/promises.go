package weightstest

import (
	"testing"

	"github.com/dauys/dauys/tensor/weights/mapped"
)

// Reader is a format's Read.
type Reader func(*mapped.Mapping) (*mapped.File, error)

// Promises checks what holds of any bytes: read does not panic, and a file that it accepts gives tensors whose loaded
// bytes have the size that type and shape ask for.
func Promises(t *testing.T, read Reader, data []byte) {
	t.Helper()
	file, err := read(mapped.Memory(data))
	if err != nil {
		return
	}
	for _, x := range file.Tensors {
		size, err := mapped.Size(x.Type, x.Shape)
		if err != nil {
			t.Fatalf("%s: %v", x.Name, err)
		}
		b, err := x.Load()
		if err != nil || len(b) != size {
			t.Fatalf("%s: loaded %d bytes of %d: %v", x.Name, len(b), size, err)
		}
		x.Release(b)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// Truncations checks that read refuses every proper prefix of data, a valid file.
func Truncations(t *testing.T, read Reader, data []byte) {
	t.Helper()
	if _, err := read(mapped.Memory(data)); err != nil {
		t.Fatalf("the whole file: %v", err)
	}
	for n := range data {
		if _, err := read(mapped.Memory(data[:n:n])); err == nil {
			t.Fatalf("the first %d of %d bytes are accepted", n, len(data))
		}
	}
}
