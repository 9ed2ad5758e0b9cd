package cpu

import "github.com/dauys/dauys/tensor/kernel"

// siblings are products of the same rows that run as one task.
type siblings struct {
	label
	children []*product
}

func (s *siblings) run(m *memory, p kernel.Pool) error {
	parts := 0
	for _, k := range s.children {
		if k.c.Elements() == 0 {
			continue
		}
		if err := k.bind(m); err != nil {
			return err
		}
		parts += k.mul.Parts()
	}
	if parts > 0 {
		p.Run(parts, s)
	}
	return nil
}

// Do computes a part of one of the products.
func (s *siblings) Do(worker, part int) {
	for _, k := range s.children {
		if k.mul == nil {
			continue // it has no columns
		}
		if n := k.mul.Parts(); part >= n {
			part -= n
			continue
		}
		k.mul.Do(worker, part)
		return
	}
}
