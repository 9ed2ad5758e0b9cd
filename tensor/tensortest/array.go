package tensortest

import (
	"math"
	"math/rand/v2"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel/convert"
)

// Array is a tensor of the reference: row-major float64.
type Array struct {
	Shape []int
	Data  []float64
}

// Zeros gives an array of a shape.
func Zeros(shape ...int) Array {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return Array{shape, make([]float64, n)}
}

// index gives the position of an element.
func (a Array) index(at []int) int {
	n := 0
	for i, d := range a.Shape {
		n = n*d + at[i]
	}
	return n
}

// At gives an element.
func (a Array) At(at ...int) float64 { return a.Data[a.index(at)] }

// Set changes an element.
func (a Array) Set(x float64, at ...int) { a.Data[a.index(at)] = x }

// each calls f for every index of a shape, in order. The slice is reused.
func each(shape []int, f func(at []int)) {
	at := make([]int, len(shape))
	for range Zeros(shape...).Data {
		f(at)
		for i := len(at) - 1; i >= 0; i-- {
			if at[i]++; at[i] < shape[i] {
				break
			}
			at[i] = 0
		}
	}
}

// Weight gives a weight of a type with random values, and the values that it stands for.
func Weight(t tensor.DType, seed uint64, shape ...int) (*tensor.Param, Array) {
	a := Zeros(shape...)
	r := rand.New(rand.NewPCG(seed, 1))
	raw := tensor.AlignedBytes(len(a.Data) * t.Size())
	p := &tensor.Param{Name: "w", DType: t, Shape: shape, Load: func() ([]byte, error) { return raw, nil }}
	var scales []float32
	if t == tensor.I8 {
		var s Array
		p.Scale, s = Weight(tensor.F32, seed+1, shape[0])
		for _, x := range s.Data {
			scales = append(scales, float32(x))
		}
	}
	for i := range a.Data {
		x := float32(r.NormFloat64())
		switch t {
		case tensor.F32:
			tensor.View[float32](raw)[i] = x
		case tensor.F16:
			tensor.View[uint16](raw)[i] = convert.ToF16(x)
			x = convert.F16(convert.ToF16(x))
		case tensor.BF16:
			tensor.View[uint16](raw)[i] = convert.ToBF16(x)
			x = convert.BF16(convert.ToBF16(x))
		case tensor.I8:
			q := int8(math.Round(min(max(float64(x)*40, -127), 127)))
			tensor.View[int8](raw)[i] = q
			x = float32(q) * scales[i*shape[0]/len(a.Data)]
		}
		a.Data[i] = float64(x)
	}
	return p, a
}

// RoundF16 gives the nearest f16 value.
func RoundF16(x float64) float64 { return float64(convert.F16(convert.ToF16(float32(x)))) }
