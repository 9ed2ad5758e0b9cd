package conv1d

import (
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

// convolve sets y[c] = Σ_tap x[tap][c]·w[tap][c] for n channels; distances between taps are in bytes, taps is at least 1.
type convolve func(y, x, w *float32, n, taps int, distanceX, distanceW uintptr)

// depthwisePortable is the reference.
func depthwisePortable(y, x, w *float32, n, taps int, distanceX, distanceW uintptr) {
	out := unsafe.Slice(y, n)
	clear(out)
	for tap := range uintptr(taps) {
		a := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(x), tap*distanceX)), n)
		b := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(w), tap*distanceW)), n)
		for c := range out {
			out[c] += float32(a[c] * b[c])
		}
	}
}

// depthwise is the task of a convolution in which every channel has its own filter. A part is a run of output rows.
type depthwise struct {
	*Conv
	level    kernel.Level
	convolve convolve
}

const (
	depthwiseRows     = 32      // of a part
	depthwiseProducts = 1 << 17 // most of one call: tens of microseconds
)

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
	d.products(y, a.X[batch*a.Time*n:], step*a.Stride-a.Before)
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

// products sums over the taps inside of the signal; first is the time of tap 0.
func (d *depthwise) products(y, x []float32, first int) {
	a, n := &d.args, len(y)
	from := min((max(0, -first)+a.Dilation-1)/a.Dilation, a.W.Taps)
	to := min(max(0, a.Time-first+a.Dilation-1)/a.Dilation, a.W.Taps)
	if from >= to || n == 0 {
		clear(y)
		return
	}
	x, w := x[(first+from*a.Dilation)*n:], a.W.depthwise[from*n:]
	most := max(64, depthwiseProducts/(to-from))
	for c := 0; c < n; c += most {
		d.convolve(&y[c], &x[c], &w[c], min(most, n-c), to-from, uintptr(4*n*a.Dilation), uintptr(4*n))
	}
}
