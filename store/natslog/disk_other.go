//go:build !unix

package natslog

import (
	"math"
	"os"
	"path/filepath"
)

// lock opens the lock file; this system has no lock for it.
func lock(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o640)
}

// freeSpace is not known here.
func freeSpace(string) (int64, error) { return math.MaxInt64, nil }
