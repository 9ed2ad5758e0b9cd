package tensor

import (
	"fmt"
	"strings"

	"github.com/dauys/dauys/fault"
)

// Program is a compiled record: immutable, safe for concurrent use by many sessions.
type Program struct {
	device Device
	plan   *Plan
	consts []*Buffer // by slot; nil where the slot is none
}

// Compile runs build once and turns the record into a program of device d.
func Compile(d Device, build func(g *Graph)) (*Program, error) {
	const op fault.Op = "tensor.Compile"
	g, err := record(build)
	if err != nil {
		return nil, err
	}
	simplify(g)
	if err := fold(d, g); err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	p, err := assemble(d, g)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	return p, nil
}

// assemble fuses, places, selects and plans.
func assemble(d Device, g *Graph) (*Program, error) {
	fuse(g)
	joinSiblings(g)
	slots := layout(g)
	p := &Program{device: d, plan: &Plan{Slots: slots}, consts: make([]*Buffer, len(slots))}
	var err error
	for i, s := range slots {
		p.consts[i] = s.value
		if s.Param == nil {
			continue
		}
		if p.consts[i], err = d.Const(s.Param); err != nil {
			return nil, fmt.Errorf("weight %s: %w", s.Param, err)
		}
	}
	if p.plan.Steps, err = selectKernels(d, g.ops); err != nil {
		return nil, err
	}
	p.plan.Arena = place(p.plan.Steps)
	return p, nil
}

// selectKernels asks the device for a kernel for each operation.
func selectKernels(d Device, ops []*Op) ([]Step, error) {
	steps := make([]Step, len(ops))
	for i, op := range ops {
		k, err := d.Select(op)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		steps[i] = Step{Op: op, Kernel: k}
	}
	return steps, nil
}

// ArenaBytes is the temporary memory of one run.
func (p *Program) ArenaBytes() int { return p.plan.Arena }

// String lists the program after fusion: one line a step with kernel, operation, shapes and places.
func (p *Program) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s: %d steps, arena %d bytes\n", p.device, len(p.plan.Steps), p.plan.Arena)
	for i, step := range p.plan.Steps {
		fmt.Fprintf(&s, "%3d  %-28s %s", i, step.Kernel, step.Op)
		for _, out := range step.Op.Out {
			fmt.Fprintf(&s, " @%d:%d", out.Place.Slot, out.Place.Byte)
		}
		s.WriteByte('\n')
	}
	return s.String()
}
