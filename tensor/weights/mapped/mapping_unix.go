//go:build unix

package mapped

import (
	"os"

	"golang.org/x/sys/unix"
)

func mapFile(f *os.File, size int) ([]byte, func([]byte) error, error) {
	data, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	return data, unix.Munmap, err
}

// dropPages is advice: where the system refuses it, the pages stay and nothing else changes.
func dropPages(b []byte) { _ = unix.Madvise(b, unix.MADV_DONTNEED) }
