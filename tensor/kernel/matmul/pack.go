package matmul

import (
	"fmt"
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
	"github.com/dauys/dauys/tensor/kernel/transpose"
)

// Packed is a right-hand side B [K, N] in column panels, ready for the micro-kernels of one level. It is immutable.
type Packed struct {
	K, N  int
	Type  Type
	Level kernel.Level

	data  []byte    // [ceil(N/nr)][K][nr] values of Type, 64-byte aligned
	scale []float32 // I8: [N] rounded up to whole panels
	nr    int
}

// Bytes is the memory that the weight takes.
func (p *Packed) Bytes() int { return len(p.data) + 4*len(p.scale) }

// Pack packs a weight as models store it: n rows (outputs) of k values (inputs) of type src, little endian, so that the
// product is A·Wᵀ. scale holds one factor a row and is needed where src is I8. The work is shared by the pool.
//
// f32 → f16 rounds to nearest even; → i8 gives each row the scale max|w|/127.
func Pack(l kernel.Level, pool kernel.Pool, dst, src Type, rows []byte, n, k int, scale []float32) (*Packed, error) {
	if dst >= types || src >= types || n < 0 || k < 0 {
		return nil, fmt.Errorf("matmul: cannot pack %d x %d values of type %d as %d", n, k, src, dst)
	}
	if need := n * k * src.Size(); len(rows) < need {
		return nil, fmt.Errorf("matmul: weight has %d bytes, need %d (%d x %d %s)", len(rows), need, n, k, src)
	}
	if src == I8 && len(scale) < n {
		return nil, fmt.Errorf("matmul: i8 weight has %d scales, need %d", len(scale), n)
	}
	p := newPacked(l, dst, n, k)
	if n == 0 || k == 0 {
		return p, nil
	}
	t := &packTask{p: p, src: src, rows: rows, scale: scale, scratch: make([]packScratch, pool.Workers())}
	pool.Run(p.panels(), t)
	return p, nil
}

// PackColumns packs a plain matrix b [k, n] whose rows are ldb values apart.
func PackColumns(l kernel.Level, pool kernel.Pool, dst Type, b []float32, k, n, ldb int) (*Packed, error) {
	if k > 0 && n > 0 && (ldb < n || len(b) < (k-1)*ldb+n) {
		return nil, fmt.Errorf("matmul: matrix has %d values, need %d x %d at distance %d", len(b), k, n, ldb)
	}
	rows := make([]float32, n*k)
	if len(rows) > 0 {
		transpose.Block(l, rows, k, b, ldb, k, n)
	}
	return Pack(l, pool, dst, F32, bytesOf(rows), n, k, nil)
}

func newPacked(l kernel.Level, t Type, n, k int) *Packed {
	p := &Packed{K: k, N: n, Type: t, Level: l, nr: kernels(l).nr}
	p.data = aligned(p.panels() * k * p.nr * t.Size())
	if t == I8 {
		p.scale = make([]float32, p.panels()*p.nr)
	}
	return p
}

func (p *Packed) panels() int { return (p.N + p.nr - 1) / p.nr }

// aligned gives zeroed memory that begins at a cache line.
func aligned(bytes int) []byte {
	const line = 64
	raw := make([]byte, bytes+line)
	skip := -int(uintptr(unsafe.Pointer(&raw[0]))) & (line - 1)
	return raw[skip : skip+bytes : skip+bytes]
}

func bytesOf(f []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(f))), 4*len(f))
}

// packTask packs one panel a part.
type packTask struct {
	p       *Packed
	src     Type
	rows    []byte
	scale   []float32
	scratch []packScratch
}

// packScratch holds the rows of a panel, converted to the storage type.
type packScratch struct {
	f32  []float32
	rows []byte
}

// Do packs panel part.
func (t *packTask) Do(worker, part int) {
	p, s := t.p, &t.scratch[worker]
	first := part * p.nr
	n := min(p.nr, p.N-first)
	src := t.rows[first*p.K*t.src.Size():][:n*p.K*t.src.Size()]
	if t.src != p.Type || t.src == I8 {
		src = t.convert(s, src, first, n)
	}
	dst := p.data[part*p.K*p.nr*p.Type.Size():][:p.K*p.nr*p.Type.Size()]
	switch p.Type.Size() {
	case 4:
		transpose.Block(p.Level, view[float32](dst), p.nr, view[float32](src), p.K, n, p.K)
	case 2:
		interleave(view[uint16](dst), view[uint16](src), n, p.K, p.nr)
	default:
		interleave(dst, src, n, p.K, p.nr)
	}
}

// convert brings n rows to the storage type.
func (t *packTask) convert(s *packScratch, src []byte, first, n int) []byte {
	if t.p.Type == I8 && t.src == I8 {
		copy(t.p.scale[first:], t.scale[first:first+n])
		return src
	}
	f := t.widen(s, src, first, n)
	if t.p.Type == F32 {
		return bytesOf(f)
	}
	return t.narrow(s, f, first, n)
}

// widen makes float32 of n rows.
func (t *packTask) widen(s *packScratch, src []byte, first, n int) []float32 {
	if t.src == F32 {
		return view[float32](src)
	}
	l, k := t.p.Level, t.p.K
	if s.f32 == nil {
		s.f32 = make([]float32, t.p.nr*k)
	}
	f := s.f32[:n*k]
	switch t.src {
	case F16:
		convert.F16ToF32(l, f, view[uint16](src))
	case BF16:
		convert.BF16ToF32(l, f, view[uint16](src))
	case I8:
		for i := range n {
			convert.I8ToF32(l, f[i*k:], view[int8](src)[i*k:][:k], t.scale[first+i])
		}
	}
	return f
}

// narrow makes the storage type of n rows.
func (t *packTask) narrow(s *packScratch, f []float32, first, n int) []byte {
	p := t.p
	if s.rows == nil {
		s.rows = aligned(p.nr * p.K * p.Type.Size())
	}
	out := s.rows[:n*p.K*p.Type.Size()]
	switch p.Type {
	case F16:
		convert.F32ToF16(p.Level, view[uint16](out), f)
	case BF16:
		convert.F32ToBF16(p.Level, view[uint16](out), f)
	case I8:
		for i := range n {
			p.scale[first+i] = convert.F32ToI8(view[int8](out)[i*p.K:], f[i*p.K:][:p.K])
		}
	}
	return out
}

// view sees bytes as values of another size.
func view[T any](b []byte) []T {
	var t T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(t)))
}

// interleave writes n rows of k values as k rows of nr values, zero from n on.
func interleave[T uint8 | uint16](dst, src []T, n, k, nr int) {
	const block = 16
	for k0 := 0; k0 < k; k0 += block {
		k1 := min(k0+block, k)
		for j := range n {
			row := src[j*k+k0 : j*k+k1]
			for i, v := range row {
				dst[(k0+i)*nr+j] = v
			}
		}
	}
}
