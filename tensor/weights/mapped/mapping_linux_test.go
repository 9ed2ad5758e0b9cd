package mapped

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

// residentKiB reads from /proc how much of the mapping that begins at b is in memory.
func residentKiB(t *testing.T, b []byte) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	start := strconv.FormatUint(uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))), 16) + "-"
	_, after, ok := strings.Cut(string(maps), "\n"+start)
	if !ok {
		t.Fatal("the mapping is not in smaps")
	}
	_, after, _ = strings.Cut(after, "\nRss:")
	kib, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib
}

func TestReleaseTakesPagesOutOfMemory(t *testing.T) {
	const size = 8 << 20
	path := filepath.Join(t.TempDir(), "weights")
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	touch := func() (sum byte) {
		for i := 0; i < size; i += 4096 {
			sum += m.Data()[i]
		}
		return sum
	}
	touch()
	if kib := residentKiB(t, m.Data()); kib < size>>10 {
		t.Skipf("only %d KiB became resident", kib)
	}
	half, err := m.Bytes(100, size/2) // not on page boundaries
	if err != nil {
		t.Fatal(err)
	}
	m.Release(half)
	if kib := residentKiB(t, m.Data()); kib > size>>11 {
		t.Errorf("%d KiB are resident after half of %d was released", kib, size>>10)
	}
}
