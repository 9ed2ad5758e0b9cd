// Package await waits with a context: [Cell] for a change of guarded fields (a mutex and a condition that contexts can
// end), [Group] for the end of what runs.
package await

import (
	"context"
	"sync"
)

// Cell guards the fields of its owner. The zero value is ready.
type Cell struct {
	mu      sync.Mutex
	changed chan struct{} // closed at the next change, nil while nobody waits
}

// Look reads guarded fields.
func (c *Cell) Look(read func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	read()
}

// Change changes guarded fields and wakes all who wait.
func (c *Cell) Change(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	c.wake()
}

// Until blocks until ready says true or fails, or ctx is done. ready runs guarded, now and after each change; it may
// change fields itself when it says true.
func (c *Cell) Until(ctx context.Context, ready func() (bool, error)) error {
	for {
		changed, ok, err := c.try(ready)
		if ok || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *Cell) try(ready func() (bool, error)) (<-chan struct{}, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ok, err := ready()
	if ok {
		c.wake()
		return nil, true, err
	}
	if c.changed == nil {
		c.changed = make(chan struct{})
	}
	return c.changed, false, err
}

func (c *Cell) wake() {
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}
