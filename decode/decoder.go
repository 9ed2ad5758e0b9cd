package decode

import (
	"context"
	"slices"
	"sync"

	"github.com/dauys/dauys/decode/kv"
	"github.com/dauys/dauys/fault"
)

// Config of a Decoder. Model, Pages and PageSize have no default.
type Config struct {
	Model    Model
	Pages    int // of the model's key/value cache
	PageSize int // positions in a page
	Slots    int // hypotheses followed at the same time, at most Model.MaxRows; 0 = that many
	Queue    int // requests that may wait for slots; 0 = none
}

// Decoder runs requests on one model. Its Run must be running for Decode to make progress.
type Decoder struct {
	model Model
	pool  *kv.Pool // used by Run only, but for promised
	slots int
	queue int

	mu       sync.Mutex
	wake     chan struct{}
	waiting  []*group // by priority, then arrival
	used     int      // slots of the running groups
	promised int      // pages that the running groups may come to need
	closed   bool

	running []*group // used by Run only
	rows    []Row
	copies  []kv.Copy
}

// New makes a Decoder.
func New(c Config) (*Decoder, error) {
	const op = "decode.New"
	if c.Model == nil {
		return nil, fault.Errorf(op, fault.Invalid, "no model given")
	}
	if c.Slots == 0 {
		c.Slots = c.Model.MaxRows()
	}
	if c.Slots < 1 || c.Slots > c.Model.MaxRows() || c.Queue < 0 {
		return nil, fault.Errorf(op, fault.Invalid, "%d slots and a queue of %d: the model takes 1 to %d rows",
			c.Slots, c.Queue, c.Model.MaxRows())
	}
	pool, err := kv.NewPool(c.Pages, c.PageSize)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	return &Decoder{model: c.Model, pool: pool, slots: c.Slots, queue: c.Queue, wake: make(chan struct{}, 1)}, nil
}

// Decode runs a request to its end. It fails with fault.Exhausted when neither a slot is free nor the queue has room,
// and with the cause of ctx when that is done; Memory is no longer used when it returns.
func (d *Decoder) Decode(ctx context.Context, r Request) (Result, error) {
	const op = "decode.Decode"
	if err := r.check(d.model, d.slots); err != nil {
		return Result{}, err
	}
	g := newGroup(ctx, &r, d.pool)
	if g.pages > d.pool.Pages() {
		return Result{}, fault.Errorf(op, fault.Invalid, "%d hypotheses of up to %d tokens: the cache of %d pages holds fewer",
			r.width(), len(r.Prompt)+r.MaxNew, d.pool.Pages())
	}
	if err := d.enqueue(g); err != nil {
		return Result{}, err
	}
	select {
	case <-g.done:
	case <-ctx.Done():
		if d.withdraw(g) {
			return Result{}, fault.E(op, fault.Other, context.Cause(ctx))
		}
		<-g.done // the loop lets go of it at the next step
	}
	if g.err != nil {
		return Result{}, fault.E(op, fault.Other, g.err)
	}
	return g.result, nil
}

// Free tells how many slots nobody uses or waits for.
func (d *Decoder) Free() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	free := d.slots - d.used
	for _, g := range d.waiting {
		free -= g.width
	}
	return max(0, free)
}

func (d *Decoder) enqueue(g *group) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return fault.Errorf("decode.Decode", fault.Unavailable, "the decoder has stopped")
	}
	fits := len(d.waiting) == 0 && d.fits(g)
	if !fits && len(d.waiting) >= d.queue {
		return fault.Errorf("decode.Decode", fault.Exhausted, "%d of %d slots are in use and %d requests wait: try later",
			d.used, d.slots, len(d.waiting))
	}
	at, _ := slices.BinarySearchFunc(d.waiting, g, func(a, b *group) int {
		if a.request.Priority <= b.request.Priority {
			return -1 // behind its equals
		}
		return 1
	})
	d.waiting = slices.Insert(d.waiting, at, g)
	d.nudge()
	return nil
}

// nudge wakes Run. One pending wake-up is enough.
func (d *Decoder) nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

func (d *Decoder) fits(g *group) bool {
	return d.used+g.width <= d.slots && d.promised+g.pages <= d.pool.Pages()
}

// withdraw takes a request that has not begun out of the queue.
func (d *Decoder) withdraw(g *group) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.Index(d.waiting, g)
	if at < 0 {
		return false
	}
	d.waiting = slices.Delete(d.waiting, at, at+1)
	return true
}
