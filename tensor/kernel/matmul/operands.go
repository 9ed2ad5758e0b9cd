package matmul

import (
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel/transpose"
)

// left gives columns k0 .. k0+kc of the part's rows of A and the distance between rows in bytes: where they lie, or, where they are
// to be gathered or a row's distance is whole pages (so that all rows meet in the same few cache sets), copied together.
func (j *job) left(k0, kc int) (a *float32, lda uintptr) {
	from, _ := j.rows(j.block0)
	_, to := j.rows(j.block1 - 1)
	base, w := j.batch*j.args.StrideA, j.args.Window
	const page = 4096 / 4
	if w == nil && j.args.LDA%page != 0 {
		return &j.args.A[base+from*j.args.LDA+k0], uintptr(4 * j.args.LDA)
	}
	for i := from; i < to; i++ {
		dst := j.space.a[(i-from)*j.plan.strideA:][:kc]
		if w != nil {
			w.gather(dst, j.args.A[base:], i, k0)
		} else {
			copy(dst, j.args.A[base+i*j.args.LDA+k0:])
		}
	}
	return &j.space.a[0], uintptr(4 * j.plan.strideA)
}

// gather writes elements k0 .. k0+len(dst) of a row.
func (w *Window) gather(dst, signal []float32, row, k0 int) {
	for len(dst) > 0 {
		tap, channel := k0/w.Width, k0%w.Width
		n := min(len(dst), w.Width-channel)
		t := row*w.Stride + tap*w.Dilation - w.Pad
		if t < 0 || t >= w.Time {
			clear(dst[:n])
		} else {
			copy(dst[:n], signal[t*w.Channels+channel:])
		}
		dst, k0 = dst[n:], k0+n
	}
}

// panelBlock gives rows k0 .. k0+kc of a panel as float32, and what to fetch while they are used: the next panel's.
func (j *job) panelBlock(panel, k0, kc int) (b *byte, next uintptr) {
	nr := j.set.nr
	dst := j.space.b[:kc*nr]
	if w := j.args.B; w != nil {
		src := &w.data[(panel*w.K+k0)*nr*w.Type.Size()]
		if w.Type == F32 {
			return src, address(src) + farB
		}
		j.set.expand[w.Type](&dst[0], src, len(dst))
		return (*byte)(unsafe.Pointer(&dst[0])), address(src) + uintptr(w.K*nr*w.Type.Size())
	}
	d := &j.dense
	from, col := d.B[j.batch*j.args.StrideB:], panel*nr
	n := min(nr, d.N-col)
	if n < nr {
		clear(dst)
	}
	if d.Transposed {
		transpose.Block(j.level, dst, nr, from[col*d.LDB+k0:], d.LDB, n, kc)
	} else {
		for kk := range kc {
			copy(dst[kk*nr:], from[(k0+kk)*d.LDB+col:][:n])
		}
	}
	b = (*byte)(unsafe.Pointer(&dst[0]))
	return b, address(b) + farB
}
