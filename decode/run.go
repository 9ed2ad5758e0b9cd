package decode

import (
	"context"

	"github.com/dauys/dauys/fault"
)

// Run steps the model while there is work, and sleeps while there is none, until ctx is done. Requests under way then
// fail as unavailable. A Decoder runs once.
func (d *Decoder) Run(ctx context.Context) error {
	defer d.shut()
	for ctx.Err() == nil {
		d.admit()
		if len(d.running) == 0 {
			select {
			case <-d.wake:
			case <-ctx.Done():
			}
			continue
		}
		d.step(ctx)
		d.sweep()
	}
	return nil
}

// admit starts waiting requests while they fit, in order: a wide one is not overtaken for ever by narrow ones.
func (d *Decoder) admit() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.waiting) > 0 && d.fits(d.waiting[0]) {
		g := d.waiting[0]
		d.waiting = d.waiting[1:]
		d.used += g.width
		d.promised += g.pages
		d.running = append(d.running, g)
	}
}

// step runs one row of each live hypothesis and, in the rows that are left, parts of prompts.
func (d *Decoder) step(ctx context.Context) {
	d.rows, d.copies = d.rows[:0], d.copies[:0]
	urgency := Batch
	for _, g := range d.running {
		if g.canceled() || !g.prompted() {
			continue
		}
		d.collect(g, func() error { return g.decodeRows(d) })
		urgency = min(urgency, g.request.Priority)
	}
	for _, g := range d.running {
		if g.canceled() || g.prompted() {
			continue
		}
		if room := d.model.MaxRows() - len(d.rows); room > 0 {
			d.collect(g, func() error { return g.promptRows(d, room) })
			urgency = min(urgency, g.request.Priority)
		}
	}
	if len(d.rows) == 0 {
		return
	}
	logits, err := d.run(ctx, urgency)
	for _, g := range d.running {
		switch {
		case g.err != nil || g.rows == 0:
		case err != nil:
			g.err = err
		default:
			logits = logits[g.take(logits):]
		}
		g.rows = 0
	}
}

// collect lets a group add its rows; one that fails adds none.
func (d *Decoder) collect(g *group, add func() error) {
	rows := len(d.rows)
	if g.err = add(); g.err != nil {
		d.rows, g.rows = d.rows[:rows], 0
	}
}

func (d *Decoder) run(ctx context.Context, urgency Priority) ([][]float32, error) {
	if len(d.copies) > 0 {
		if err := d.model.Copy(d.copies); err != nil {
			return nil, fault.E("decode.Run", fault.Other, err)
		}
	}
	logits, err := d.model.Step(ctx, d.rows, urgency)
	if err != nil {
		return nil, fault.E("decode.Run", fault.Other, err)
	}
	return logits, nil
}

// sweep lets go of the groups that have ended, failed or been cancelled.
func (d *Decoder) sweep() {
	keep := d.running[:0]
	for _, g := range d.running {
		if !g.finished && g.err == nil && !g.canceled() {
			keep = append(keep, g)
			continue
		}
		d.let(g)
	}
	clear(d.running[len(keep):])
	d.running = keep
}

func (d *Decoder) let(g *group) {
	g.release()
	if g.err == nil && !g.finished {
		g.err = context.Cause(g.ctx)
	}
	d.mu.Lock()
	d.used -= g.width
	d.promised -= g.pages
	d.mu.Unlock()
	close(g.done)
}

// shut fails what is under way or waiting.
func (d *Decoder) shut() {
	stopped := fault.Errorf("decode.Run", fault.Unavailable, "the decoder has stopped")
	for _, g := range d.running {
		g.err = stopped
		d.let(g)
	}
	d.running = nil
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for _, g := range d.waiting {
		g.err = stopped
		close(g.done)
	}
	d.waiting = nil
}
