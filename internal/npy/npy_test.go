package npy

import (
	"slices"
	"testing"
)

// numpy.save of np.array([[1, 2, -0.5]], dtype) under NumPy 2, with a shorter header padding.
func file(dtype, shape, body string) []byte {
	head := "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': (" + shape + "), }\n"
	return []byte("\x93NUMPY\x01\x00" + string([]byte{byte(len(head)), 0}) + head + body)
}

func TestReadsBothFloatTypes(t *testing.T) {
	single := file("<f4", "1, 3", "\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x00\xbf")
	double := file("<f8", "1, 3", "\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\xe0\xbf")
	for name, in := range map[string][]byte{"float32": single, "float64": double} {
		a, err := Read(in)
		if err != nil || !slices.Equal(a.Shape, []int{1, 3}) || !slices.Equal(a.Data, []float32{1, 2, -0.5}) {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
}

func TestRefusesWhatItCannotRead(t *testing.T) {
	for name, in := range map[string][]byte{
		"nothing": nil, "text": []byte("hello, this is no array"), "integers": file("<i4", "1,", "\x00\x00\x00\x00"),
		"too short": file("<f4", "2,", "\x00\x00\x00\x00"), "huge shape": file("<f4", "4000000000, 4000000000, 4000000000", ""),
	} {
		if a, err := Read(in); err == nil {
			t.Errorf("%s: read as %v", name, a)
		}
	}
}
