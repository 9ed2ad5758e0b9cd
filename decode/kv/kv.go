// Package kv hands out the pages of a key/value cache.
//
// A cache is a pool of pages of a few positions each; a sequence is a table of page numbers and a length. Sequences may
// share pages: a fork copies the table only, and the last page is copied when one of its owners writes to it (copy on
// write). The package counts; it never touches the cached values: [Sequence.Append] tells which page the owner of the
// memory has to copy.
//
//	pool 6 pages of 4       a: [2 0]   length 7      page 2: shared by a and b
//	                        b: [2 5]   length 6      page 5: copied from 0 when b wrote position 5
//
// A Pool and its sequences belong to one goroutine at a time, or to a lock of the caller's.
package kv

import (
	"github.com/dauys/dauys/fault"
)

// Pool is a fixed number of pages with a count of owners each.
type Pool struct {
	size   int // positions a page
	owners []int32
	free   []int32
}

// NewPool makes a pool of pages of size positions each.
func NewPool(pages, size int) (*Pool, error) {
	if pages <= 0 || size <= 0 {
		return nil, fault.Errorf("kv.NewPool", fault.Invalid, "%d pages of %d positions: both must be positive", pages, size)
	}
	p := &Pool{size: size, owners: make([]int32, pages), free: make([]int32, pages)}
	for i := range p.free {
		p.free[i] = int32(pages - 1 - i) // the lowest number is taken first
	}
	return p, nil
}

// PageSize is the number of positions in a page.
func (p *Pool) PageSize() int { return p.size }

// Pages is how many pages there are.
func (p *Pool) Pages() int { return len(p.owners) }

// Free is how many pages nobody owns.
func (p *Pool) Free() int { return len(p.free) }

// PagesFor is how many pages hold n positions.
func (p *Pool) PagesFor(n int) int { return (n + p.size - 1) / p.size }

// NewSequence gives an empty sequence, which owns no page yet.
func (p *Pool) NewSequence() *Sequence { return &Sequence{pool: p} }

func (p *Pool) take() (int32, error) {
	if len(p.free) == 0 {
		return 0, fault.Errorf("kv.Append", fault.Exhausted, "all %d pages are in use", len(p.owners))
	}
	page := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	p.owners[page] = 1
	return page, nil
}

func (p *Pool) drop(page int32) {
	p.owners[page]--
	if p.owners[page] == 0 {
		p.free = append(p.free, page)
	}
}

// Sequence is a table of pages and the number of positions in use.
type Sequence struct {
	pool   *Pool
	pages  []int32
	length int
}

// Copy names a page whose contents must be copied before the next write: From stays with its other owners.
type Copy struct{ From, To int32 }

// Len is the number of positions in use.
func (s *Sequence) Len() int { return s.length }

// Pages is the table: page i holds positions i*PageSize and on. The caller must not change it.
func (s *Sequence) Pages() []int32 { return s.pages }

// Append takes the next position and gives its slot, page*PageSize+offset. When the page was shared, copied is true and
// the caller copies the page's contents before writing. It fails with fault.Exhausted when no page is free.
func (s *Sequence) Append() (slot int32, c Copy, copied bool, err error) {
	offset := s.length % s.pool.size
	last := len(s.pages) - 1
	switch {
	case offset == 0:
		page, err := s.pool.take()
		if err != nil {
			return 0, Copy{}, false, err
		}
		s.pages = append(s.pages, page)
		last++
	case s.pool.owners[s.pages[last]] > 1:
		page, err := s.pool.take()
		if err != nil {
			return 0, Copy{}, false, err
		}
		c, copied = Copy{From: s.pages[last], To: page}, true
		s.pool.drop(c.From)
		s.pages[last] = page
	}
	s.length++
	return s.pages[last]*int32(s.pool.size) + int32(offset), c, copied, nil
}

// Grow appends n positions to a sequence whose last page nobody shares, and appends their slots to dst. It takes all or
// nothing.
func (s *Sequence) Grow(dst []int32, n int) ([]int32, error) {
	need := s.pool.PagesFor(s.length+n) - len(s.pages)
	if need > s.pool.Free() {
		return dst, fault.Errorf("kv.Grow", fault.Exhausted, "%d pages needed, %d of %d are free",
			need, s.pool.Free(), len(s.pool.owners))
	}
	for range n {
		slot, _, copied, err := s.Append()
		if err != nil {
			return dst, err
		}
		if copied {
			return dst, fault.Errorf("kv.Grow", fault.Internal, "the last page is shared")
		}
		dst = append(dst, slot)
	}
	return dst, nil
}

// Fork gives a sequence with the same contents: the table is copied, the pages are shared.
func (s *Sequence) Fork() *Sequence {
	f := &Sequence{pool: s.pool, pages: append(make([]int32, 0, cap(s.pages)), s.pages...), length: s.length}
	for _, page := range f.pages {
		s.pool.owners[page]++
	}
	return f
}

// Truncate forgets the positions from n on and gives back pages that hold none of the rest.
func (s *Sequence) Truncate(n int) {
	if n >= s.length {
		return
	}
	keep := s.pool.PagesFor(max(n, 0))
	for _, page := range s.pages[keep:] {
		s.pool.drop(page)
	}
	s.pages, s.length = s.pages[:keep], max(n, 0)
}

// Release gives all pages back. The sequence is empty afterwards and may be used again.
func (s *Sequence) Release() { s.Truncate(0) }
