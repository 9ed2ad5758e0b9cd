package mapped

import (
	"fmt"
	"os"
	"sync"
	"unsafe"

	"github.com/dauys/dauys/fault"
)

// Mapping is a file's bytes, read-only. It is safe for concurrent use, Close excepted.
type Mapping struct {
	mu    sync.RWMutex
	data  []byte
	unmap func([]byte) error // nil for bytes in memory
}

// Map maps the file at path.
func Map(path string) (*Mapping, error) {
	const op fault.Op = "mapped.Map"
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	defer file.Close() // the mapping outlives the descriptor
	info, err := file.Stat()
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.Errorf(op, fault.Invalid, "%s is not a regular file", path)
	}
	if info.Size() == 0 || int64(int(info.Size())) != info.Size() {
		return nil, fault.Errorf(op, fault.Corrupt, "%s has %d bytes: not a weight file", path, info.Size())
	}
	data, unmap, err := mapFile(file, int(info.Size()))
	if err != nil {
		return nil, fault.E(op, fault.Other, fmt.Errorf("mapping %s: %w", path, err))
	}
	return &Mapping{data: data, unmap: unmap}, nil
}

// Memory is a Mapping of bytes that are in memory already.
func Memory(b []byte) *Mapping { return &Mapping{data: b} }

// Data is the whole file. Readers parse headers in it; tensors go through Bytes.
func (m *Mapping) Data() []byte { return m.data }

// Bytes is the n bytes at off. It fails outside of the file and after Close.
func (m *Mapping) Bytes(off, n int) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.data == nil {
		return nil, fault.Errorf("mapped.Bytes", fault.Internal, "the weight file is closed")
	}
	if off < 0 || n < 0 || off > len(m.data) || n > len(m.data)-off {
		return nil, fault.Errorf("mapped.Bytes", fault.Corrupt, "bytes %d..+%d lie outside of the file's %d", off, n, len(m.data))
	}
	return m.data[off : off+n : off+n], nil
}

// Release tells the system that the pages of b, a part of this mapping, are not needed for now: they leave the resident
// set and come back from the file when read again. Other bytes are left alone.
func (m *Mapping) Release(b []byte) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.unmap == nil || len(b) == 0 || len(m.data) == 0 {
		return
	}
	from := uintptr(unsafe.Pointer(unsafe.SliceData(b))) - uintptr(unsafe.Pointer(unsafe.SliceData(m.data)))
	if from >= uintptr(len(m.data)) { // b lies before (wrapped around) or behind the mapping: a copy
		return
	}
	page := uintptr(os.Getpagesize())
	from, to := from/page*page, (from+uintptr(len(b))+page-1)/page*page
	dropPages(m.data[from:min(to, uintptr(len(m.data)))])
}

// Close unmaps the file; slices of it must not be used any more. A second Close does nothing.
func (m *Mapping) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, unmap := m.data, m.unmap
	m.data, m.unmap = nil, nil
	if unmap == nil {
		return nil
	}
	return fault.E("mapped.Close", fault.Internal, unmap(data))
}
