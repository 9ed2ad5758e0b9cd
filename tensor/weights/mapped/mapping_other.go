//go:build !unix

package mapped

import (
	"io"
	"os"
)

// mapFile reads the file where the system has no mmap.
func mapFile(f *os.File, size int) ([]byte, func([]byte) error, error) {
	data := make([]byte, size)
	_, err := io.ReadFull(f, data)
	return data, nil, err
}

func dropPages([]byte) {}
