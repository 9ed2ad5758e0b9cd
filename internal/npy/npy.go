// Package npy reads arrays that NumPy wrote, for tests: float32 and float64, little-endian, C order, alone (.npy) or in an archive (.npz).
package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Array is an array of floats, row by row.
type Array struct {
	Shape []int
	Data  []float32
}

var (
	descrField = regexp.MustCompile(`'descr': '<f([48])'`)
	shapeField = regexp.MustCompile(`'shape': \(([0-9, ]*)\)`)
)

// Read parses a .npy file (numpy.lib.format, versions 1 and 2).
func Read(b []byte) (*Array, error) {
	if len(b) < 12 || string(b[:6]) != "\x93NUMPY" {
		return nil, fmt.Errorf("npy: not an array file")
	}
	from, size := 10, int(binary.LittleEndian.Uint16(b[8:]))
	if b[6] >= 2 {
		from, size = 12, int(binary.LittleEndian.Uint32(b[8:]))
	}
	if len(b)-from < size {
		return nil, fmt.Errorf("npy: the header is cut off")
	}
	head, body := string(b[from:from+size]), b[from+size:]
	descr, shape := descrField.FindStringSubmatch(head), shapeField.FindStringSubmatch(head)
	if descr == nil || shape == nil || !strings.Contains(head, "'fortran_order': False") {
		return nil, fmt.Errorf("npy: header %q is not float32 or float64 in C order", head)
	}
	a, count := &Array{}, 1
	for _, field := range strings.FieldsFunc(shape[1], func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(field)
		if err != nil || (n > 0 && count > len(body)/n) {
			return nil, fmt.Errorf("npy: shape (%s) does not fit in %d bytes", shape[1], len(body))
		}
		a.Shape, count = append(a.Shape, n), count*n
	}
	wide := descr[1] == "8"
	if len(body) < count*4 || wide && len(body) < count*8 {
		return nil, fmt.Errorf("npy: shape (%s) does not fit in %d bytes", shape[1], len(body))
	}
	a.Data = make([]float32, count)
	for i := range a.Data {
		if wide {
			a.Data[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(body[i*8:])))
		} else {
			a.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[i*4:]))
		}
	}
	return a, nil
}

// ReadFile reads a .npy file.
func ReadFile(path string) (*Array, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Read(b)
}

// ReadArchive reads one array of a .npz file.
func ReadArchive(path, name string) (*Array, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	f, err := z.Open(name + ".npy")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, f); err != nil {
		return nil, err
	}
	return Read(b.Bytes())
}
