package matmul

import (
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/vmath"
)

// epilogue scales the part's rows, adds the bias, applies the activation and adds the residual.
func (j *job) epilogue() {
	a := &j.args
	var scale []float32
	if a.B != nil {
		scale = a.B.scale
	}
	if scale == nil && a.Alpha == 1 && a.Bias == nil && a.Act == None && a.Residual == nil {
		return
	}
	from, _ := j.rows(j.block0)
	_, to := j.rows(j.block1 - 1)
	c0, c1 := j.columns()
	n := c1 - c0
	for i := from; i < to; i++ {
		c := j.c(i, c0)
		if scale != nil || a.Alpha != 1 || a.Bias != nil {
			j.set.affine(c, n, a.Alpha, at(scale, c0), at(a.Bias, c0))
		}
		Activate(j.level, a.Act, unsafe.Slice(c, n))
		if a.Residual != nil {
			j.set.add(c, &a.Residual[j.batch*a.StrideR+i*a.LDR+c0], n)
		}
	}
}

// Activate applies an activation in place.
func Activate(l kernel.Level, act Activation, x []float32) {
	switch act {
	case GELU:
		vmath.GELU(l, x, x)
	case GELUTanh:
		vmath.GELUTanh(l, x, x)
	case ReLU:
		for i, v := range x {
			if v < 0 {
				x[i] = 0
			}
		}
	case SiLU:
		vmath.SiLU(l, x, x)
	case Sigmoid:
		vmath.Sigmoid(l, x, x)
	case Tanh:
		vmath.Tanh(l, x, x)
	}
}

// at is the address of element i, or nil.
func at(x []float32, i int) *float32 {
	if x == nil {
		return nil
	}
	return &x[i]
}
