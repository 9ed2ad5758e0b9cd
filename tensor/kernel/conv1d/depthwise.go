package conv1d

import (
	"math"
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
	"github.com/dauys/dauys/tensor/kernel/matmul"
)

// packDepthwise keeps rows [out, taps] as [taps][out].
func (w *Weight) packDepthwise(l kernel.Level, src matmul.Type, rows []byte, scale []float32) {
	values := make([]float32, w.Out*w.Taps)
	bits := unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(rows))), len(values))
	switch src {
	case matmul.F32:
		copy(values, unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(rows))), len(values)))
	case matmul.F16:
		convert.F16ToF32(l, values, bits)
	case matmul.BF16:
		convert.BF16ToF32(l, values, bits)
	case matmul.I8:
		for i := range values {
			values[i] = float32(int8(rows[i])) * scale[i/w.Taps]
		}
	}
	w.depthwise = make([]float32, len(values))
	for o := range w.Out {
		for t := range w.Taps {
			w.depthwise[t*w.Out+o] = values[o*w.Taps+t]
		}
	}
}

// depthwise is the task of a convolution in which every channel has its own filter. A part is a run of output rows.
type depthwise struct {
	*Conv
	level kernel.Level
}

const depthwiseRows = 32 // of a part

func (d *depthwise) parts() int { return (d.args.Batch*d.steps + depthwiseRows - 1) / depthwiseRows }

// Do computes some rows.
func (d *depthwise) Do(_, part int) {
	first := part * depthwiseRows
	for i := first; i < min(first+depthwiseRows, d.args.Batch*d.steps); i++ {
		d.row(i/d.steps, i%d.steps)
	}
}

// row computes one output row: all channels of one time step.
func (d *depthwise) row(batch, step int) {
	a, n := &d.args, d.args.W.Out
	at := (batch*d.steps + step) * n
	y := a.Y[at:][:n]
	clear(y)
	for tap := range a.W.Taps {
		t := step*a.Stride + tap*a.Dilation - a.Before
		if t < 0 || t >= a.Time {
			continue
		}
		x, w := a.X[(batch*a.Time+t)*n:][:n], a.W.depthwise[tap*n:][:n]
		for c := range y {
			y[c] = float32(math.FMA(float64(x[c]), float64(w[c]), float64(y[c])))
		}
	}
	if a.Bias != nil {
		for c, b := range a.Bias[:n] {
			y[c] += b
		}
	}
	matmul.Activate(d.level, a.Act, y)
	if a.Residual != nil {
		for c, r := range a.Residual[at:][:n] {
			y[c] += r
		}
	}
}
