package mapped

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/dauys/dauys/fault"
)

func TestSizeRefusesImpossibleShapes(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  Type
		shape []int
		want  int // -1: refused
	}{
		{"a scalar has one value", F16, nil, 2},
		{"no values need no bytes", F32, []int{3, 0, 5}, 0},
		{"a matrix", F32, []int{3, 5}, 60},
		{"blocks of 32 values", Q8_0, []int{2, 64}, 2 * 2 * 34},
		{"blocks of 256 values", Q4_K, []int{256}, 144},
		{"half a block", Q4_K, []int{2, 128}, -1},
		{"blocks without a dimension", Q4_K, nil, -1},
		{"a negative dimension", F32, []int{-1}, -1},
		{"two negative dimensions", F32, []int{-2, -2}, -1},
		{"a negative dimension behind a zero", F32, []int{0, -1}, -1},
		{"2^60 values", F64, []int{1 << 60}, -1},
		{"a product that wraps around", I8, []int{1 << 33, 1 << 33}, -1},
		{"a product that wraps around to zero", I8, []int{1 << 32, 1 << 32}, -1},
		{"an unknown type", Unknown, []int{1}, -1},
		{"a type beyond the table", Type(200), []int{1}, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Size(c.kind, c.shape)
			if c.want < 0 && err == nil || c.want >= 0 && (err != nil || got != c.want) {
				t.Fatalf("got %d, %v; want %d", got, err, c.want)
			}
		})
	}
}

func TestMappingGivesReleasesAndCloses(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	path := filepath.Join(t.TempDir(), "weights")
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 5, 4095, 4096, 65000} {
		n := min(9000, len(want)-at)
		b, err := m.Bytes(at, n)
		if err != nil || !bytes.Equal(b, want[at:at+n]) {
			t.Fatalf("bytes at %d differ: %v", at, err)
		}
		m.Release(b)
		if again, _ := m.Bytes(at, n); !bytes.Equal(again, want[at:at+n]) {
			t.Fatalf("bytes at %d differ after Release", at)
		}
	}
	m.Release([]byte("not of this mapping"))
	for _, out := range [][2]int{{-1, 1}, {0, -1}, {0, len(want) + 1}, {len(want), 1}, {math.MaxInt, 1}, {1, math.MaxInt}} {
		if _, err := m.Bytes(out[0], out[1]); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("bytes %v: %v", out, err)
		}
	}
	for range 2 {
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Bytes(0, 1); err == nil {
		t.Error("bytes are given after Close")
	}
}

func TestMapRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fault.Kind{
		dir: fault.Invalid, empty: fault.Corrupt, filepath.Join(dir, "absent"): fault.NotFound,
	} {
		if _, err := Map(path); fault.KindOf(err) != want {
			t.Errorf("%s: %v, want kind %v", path, err, want)
		}
	}
}

func TestFileFindsAliasesAndReadsScalars(t *testing.T) {
	source := Memory([]byte{0xff, 0xfe, 0xff})
	small, _ := View(source, "small", I8, nil, 0)
	wide, _ := View(source, "wide", I16, []int{1}, 1)
	f, err := New("test", source, []*Tensor{small, wide})
	if err != nil {
		t.Fatal(err)
	}
	f.Aliases = map[string]string{"other": "wide"}
	for name, want := range map[string]int{"small": -1, "wide": -2, "other": -2} {
		if got, err := f.Int(name); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", name, got, err, want)
		}
	}
	if _, err := f.Int("absent"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("absent: %v", err)
	}
	if _, err := New("test", source, []*Tensor{small, small}); err == nil {
		t.Error("two tensors share a name")
	}
}
