package await

import "context"

// Group knows what runs and can end it. The zero value is ready.
type Group struct {
	cell   Cell
	closed bool
	next   int
	stops  map[int]func()
}

// Enter adds one that runs, unless the group is closed. leave must be called once at its end; stop, where not nil, is
// called when the group closes.
func (g *Group) Enter(stop func()) (leave func(), ok bool) {
	var id int
	g.cell.Change(func() {
		if g.closed {
			return
		}
		if g.stops == nil {
			g.stops = map[int]func(){}
		}
		ok = true
		id = g.next
		g.next++
		g.stops[id] = stop
	})
	return func() { g.cell.Change(func() { delete(g.stops, id) }) }, ok
}

// Close stops all that run, refuses others, and waits until none runs.
func (g *Group) Close() {
	var stops []func()
	g.cell.Change(func() {
		g.closed = true
		for _, stop := range g.stops {
			stops = append(stops, stop)
		}
	})
	for _, stop := range stops {
		if stop != nil {
			stop()
		}
	}
	_ = g.cell.Until(context.Background(), func() (bool, error) { return len(g.stops) == 0, nil })
}
