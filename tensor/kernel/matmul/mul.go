package matmul

import (
	"fmt"
	"unsafe"

	"github.com/dauys/dauys/tensor/kernel"
)

// Mul is a product prepared to run often. It is a kernel.Task; running it allocates nothing.
type Mul struct {
	args    Args
	dense   Dense
	k, n    int
	level   kernel.Level
	set     *set
	scratch *Scratch
	plan    plan
}

// Scratch is the working memory of products, one piece a worker. Products that share a Scratch must not run at the same time.
type Scratch struct {
	workers []workspace
}

// workspace is what one worker needs.
type workspace struct {
	a    []float32 // copied rows of A: [rows][plan.strideA]
	b    []float32 // one k-block of one panel: [blockK][nr]
	tile []float32 // [mr][nr], where a panel is wider than C
}

// NewScratch allocates for the workers of a pool.
func NewScratch(l kernel.Level, workers int) *Scratch {
	s, t := &Scratch{workers: make([]workspace, workers)}, kernels(l)
	for i := range s.workers {
		s.workers[i] = workspace{
			a:    view[float32](aligned(4 * t.copied)),
			b:    view[float32](aligned(4 * t.blockK * t.nr)),
			tile: view[float32](aligned(4 * t.mr * t.nr)),
		}
	}
	return s
}

// New prepares a product.
func New(l kernel.Level, scratch *Scratch, args Args) (*Mul, error) {
	m := &Mul{args: args, level: l, set: kernels(l), scratch: scratch}
	if args.B != nil && args.B.Level != l {
		return nil, fmt.Errorf("matmul: weight is packed for %v, not %v", args.B.Level, l)
	}
	if args.Dense != nil {
		m.dense = *args.Dense
		m.args.Dense = &m.dense
	}
	if args.Window != nil {
		w := *args.Window
		w.Dilation = max(w.Dilation, 1)
		m.args.Window = &w
	}
	if args.Alpha == 0 {
		m.args.Alpha = 1
	}
	if err := m.args.check(); err != nil {
		return nil, err
	}
	m.k, m.n = args.shape()
	m.plan = m.newPlan(len(scratch.workers))
	return m, nil
}

// Rebind gives the product other memory of the same shapes; b and residual are ignored where it has none.
func (m *Mul) Rebind(a, b, c, residual []float32) error {
	m.args.A, m.args.C, m.dense.B = a, c, b
	if m.args.Residual != nil {
		if residual == nil {
			return fmt.Errorf("matmul: the product was prepared with a residual")
		}
		m.args.Residual = residual
	}
	return m.args.check()
}

// Parts is how many parts Do accepts.
func (m *Mul) Parts() int { return m.plan.parts() }

// Run computes C.
func (m *Mul) Run(pool kernel.Pool) {
	if n := m.Parts(); n > 0 {
		pool.Run(n, m)
	}
}

// Do computes one part.
func (m *Mul) Do(worker, part int) {
	p := m.plan
	batch, part := part/(p.rowParts*p.columnParts), part%(p.rowParts*p.columnParts)
	j := job{Mul: m, space: &m.scratch.workers[worker], batch: batch}
	row, col := part/p.columnParts, part%p.columnParts
	j.block0, j.block1 = cut(p.rowBlocks, p.rowParts, row)
	j.panel0, j.panel1 = cut(p.columnGroups, p.columnParts, col)
	j.panel0, j.panel1 = j.panel0*p.group, min(j.panel1*p.group, p.panels)
	if p.stream {
		j.stream()
	} else {
		j.blocked()
	}
	j.epilogue()
}

// job is one part at work.
type job struct {
	*Mul
	space          *workspace
	batch          int
	block0, block1 int // micro-kernel row blocks
	panel0, panel1 int
}

// rows gives the rows of a row block; all blocks are equally high but for one row.
func (m *Mul) rows(block int) (from, to int) { return cut(m.args.M, m.plan.rowBlocks, block) }

// columns gives the columns of C that the job computes.
func (j *job) columns() (from, to int) { return j.panel0 * j.set.nr, min(j.panel1*j.set.nr, j.n) }

// c is the element of C at a row and column.
func (j *job) c(row, col int) *float32 {
	return &j.args.C[j.batch*j.args.StrideC+row*j.args.LDC+col]
}

// blocked converts or copies each panel's k-block once and multiplies all rows of the part by it.
func (j *job) blocked() {
	if j.k == 0 {
		j.clear()
	}
	row0, _ := j.rows(j.block0)
	for k0 := 0; k0 < j.k; k0 += j.plan.blockK {
		kc := min(j.plan.blockK, j.k-k0)
		left, lda := j.left(k0, kc)
		for p := j.panel0; p < j.panel1; p++ {
			b, next := j.panelBlock(p, k0, kc)
			for block := j.block0; block < j.block1; block++ {
				from, to := j.rows(block)
				a := (*float32)(unsafe.Add(unsafe.Pointer(left), uintptr(from-row0)*lda))
				j.run(j.set.tile[to-from-1], a, lda, b, next, kc, from, to, p, k0 > 0)
				next = address(b) + farB
			}
		}
	}
}

// stream multiplies the few rows by panels as they are stored.
func (j *job) stream() {
	if j.k == 0 {
		j.clear()
	}
	const longest = 4096 // of k in one call: about 50 us at memory speed
	m, size := j.args.M, j.args.B.Type.Size()
	s := j.set.stream[j.args.B.Type][m-1]
	distance := uintptr(j.k * j.set.nr * size)
	lda, ldc := uintptr(4*j.args.LDA), uintptr(4*j.args.LDC)
	for p := j.panel0; p < j.panel1; {
		many := s.panels > 1 && (p+s.panels)*j.set.nr <= j.n && p+s.panels <= j.panel1
		for k0 := 0; k0 < j.k; k0 += longest {
			kc := min(longest, j.k-k0)
			a := &j.args.A[j.batch*j.args.StrideA+k0]
			b := &j.args.B.data[p*j.k*j.set.nr*size+k0*j.set.nr*size]
			if many {
				s.many(a, lda, b, distance, uintptr(kc), j.c(0, p*j.set.nr), ldc, k0 > 0)
			} else {
				j.run(s.one, a, lda, b, address(b)+farStream, kc, 0, m, p, k0 > 0)
			}
		}
		if many {
			p += s.panels
		} else {
			p++
		}
	}
}

// How far ahead single panels are fetched, in bytes: as blocks that are in the second-level cache already, and from memory.
const (
	farB      = 4096
	farStream = 8192
)

func address(b *byte) uintptr { return uintptr(unsafe.Pointer(b)) }

// run calls a micro-kernel for one panel, which fetches what lies at next in advance, through a tile where the panel is wider than C.
func (j *job) run(f microkernel, a *float32, lda uintptr, b *byte, next uintptr, kc, from, to, panel int, add bool) {
	col := panel * j.set.nr
	if col+j.set.nr <= j.n {
		f(a, lda, b, next, uintptr(kc), j.c(from, col), uintptr(4*j.args.LDC), add)
		return
	}
	tile, n := j.space.tile, j.n-col
	if add {
		for i := from; i < to; i++ {
			copy(tile[(i-from)*j.set.nr:], unsafe.Slice(j.c(i, col), n))
		}
	}
	f(a, lda, b, next, uintptr(kc), &tile[0], uintptr(4*j.set.nr), add)
	for i := from; i < to; i++ {
		copy(unsafe.Slice(j.c(i, col), n), tile[(i-from)*j.set.nr:])
	}
}

// clear sets the part's elements of C to zero.
func (j *job) clear() {
	from, _ := j.rows(j.block0)
	_, to := j.rows(j.block1 - 1)
	c0, c1 := j.columns()
	for i := from; i < to; i++ {
		clear(unsafe.Slice(j.c(i, c0), c1-c0))
	}
}
