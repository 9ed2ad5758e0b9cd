//go:build unix

package natslog

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/dauys/dauys/fault"
)

// lock keeps other processes out of dir: two servers in one folder would destroy each other's files.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fault.Errorf("natslog.lock", fault.Exists,
			"event log in %s is in use by another dauys: stop that one or choose another --data", dir)
	}
	return f, nil
}

// freeSpace tells how many bytes can be written in dir.
func freeSpace(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
