package tensor

import (
	"cmp"
	"slices"
)

const line = 64 // temporaries begin at cache lines

// span is a temporary: its size and the steps during which it is in use.
type span struct {
	tensor      *Tensor // nil for a step's scratch
	step        *Step
	bytes       int
	first, last int
	at          int
}

// place puts temporaries and scratch into one arena so that what lives at the same time does not overlap, resolves the
// places of views, and gives the arena's size.
func place(steps []Step) int {
	spans := lifetimes(steps)
	size := fit(spans)
	for _, s := range spans {
		if s.tensor != nil {
			s.tensor.Place.Byte = s.at
		} else {
			s.step.Scratch = s.at
		}
	}
	seen := map[*Tensor]bool{}
	for _, step := range steps {
		for _, t := range step.Op.In {
			if t.root != nil && !seen[t] {
				t.Place.Slot = t.root.Place.Slot
				t.Place.Byte += t.root.Place.Byte
				seen[t] = true
			}
		}
	}
	return size
}

// lifetimes lists what needs room in the arena.
func lifetimes(steps []Step) []*span {
	var all []*span
	by := map[*Tensor]*span{}
	for i := range steps {
		step := &steps[i]
		if n := step.Kernel.Scratch(); n > 0 {
			all = append(all, &span{step: step, bytes: n, first: i, last: i})
		}
		for _, in := range step.Op.In {
			if s := by[in.owner()]; s != nil {
				s.last = i
			}
		}
		for _, out := range step.Op.Out {
			if out.Place.Slot == 0 {
				s := &span{tensor: out, bytes: out.Elements() * out.dtype.Size(), first: i, last: i}
				by[out] = s
				all = append(all, s)
			}
		}
	}
	return all
}

// fit gives every span an offset: the largest first, each at the lowest place that is free for all of its life
// (greedy by size, Pisarchyk and Lee 2020, 4.2). It returns the arena's size.
func fit(spans []*span) int {
	order := slices.Clone(spans)
	slices.SortStableFunc(order, func(a, b *span) int { return cmp.Compare(b.bytes, a.bytes) })
	var placed []*span // by offset
	size := 0
	for _, s := range order {
		at := 0
		for _, p := range placed {
			if p.last < s.first || s.last < p.first || p.at+p.bytes <= at {
				continue
			}
			if at+s.bytes <= p.at {
				break
			}
			at = (p.at + p.bytes + line - 1) / line * line
		}
		s.at = at
		size = max(size, at+s.bytes)
		i, _ := slices.BinarySearchFunc(placed, s, func(a, b *span) int { return cmp.Compare(a.at, b.at) })
		placed = slices.Insert(placed, i, s)
	}
	return (size + line - 1) / line * line
}
