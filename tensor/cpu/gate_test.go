package cpu

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/kernel"
)

// awaitSleep lets other goroutines go on.
func awaitSleep() { runtime.Gosched() }

func TestGateServesTheMostUrgentFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, first := newGate(), newTicket()
		if err := g.enter(t.Context(), tensor.Batch, first); err != nil {
			t.Fatal(err)
		}
		var order []string
		var all sync.WaitGroup
		come := func(name string, pri tensor.Priority) {
			all.Go(func() {
				if err := g.enter(t.Context(), pri, newTicket()); err != nil {
					t.Error(err)
				}
				order = append(order, name) // the gate itself guards it
				g.leave()
			})
			synctest.Wait()
		}
		come("batch", tensor.Batch)
		come("interactive 1", tensor.Interactive)
		come("interactive 2", tensor.Interactive)
		come("live", tensor.Live)
		g.leave()
		all.Wait()
		if want := []string{"live", "interactive 1", "interactive 2", "batch"}; !slices.Equal(order, want) {
			t.Errorf("order %q, want %q", order, want)
		}
	})
}

func TestGateForgetsThoseWhoGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		if err := g.enter(t.Context(), tensor.Batch, newTicket()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() { failed <- g.enter(ctx, tensor.Live, newTicket()) }()
		synctest.Wait()
		if !g.wanted(tensor.Interactive) {
			t.Error("a live run waits, but nobody is told")
		}
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if g.wanted(tensor.Batch) {
			t.Error("nobody waits any more")
		}
		g.leave()
		if err := g.enter(t.Context(), tensor.Batch, newTicket()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPanicOfAKernelFreesTheDevice(t *testing.T) {
	d := newDevice(t)
	defer d.Close()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_ = scriptedRunner(t, d, &scripted{ran: func() { panic("a defect") }}).Run(t.Context(), tensor.Batch)
	}()
	if err := scriptedRunner(t, d, &scripted{}).Run(t.Context(), tensor.Batch); err != nil {
		t.Error(err)
	}
}

func TestClosedDeviceRefusesRuns(t *testing.T) {
	d := newDevice(t)
	r := scriptedRunner(t, d, &scripted{})
	d.Close()
	if err := r.Run(t.Context(), tensor.Live); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("error %v", err)
	}
	d.Close() // twice is harmless
}

// scripted is a step that tells when it runs and waits to be let on.
type scripted struct {
	label
	ran  func()
	hold chan struct{} // nil: does not wait
	err  error
}

func (s *scripted) run(*memory, kernel.Pool) error {
	if s.ran != nil {
		s.ran()
	}
	if s.hold != nil {
		<-s.hold
	}
	return s.err
}

// scriptedRunner makes a runner of scripted steps.
func scriptedRunner(t *testing.T, d *Device, steps ...*scripted) tensor.Runner {
	t.Helper()
	plan := &tensor.Plan{}
	for _, s := range steps {
		plan.Steps = append(plan.Steps, tensor.Step{Op: &tensor.Op{}, Kernel: s})
	}
	r, err := d.NewRunner(plan, make([]*tensor.Buffer, 1))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newDevice(t *testing.T) *Device {
	t.Helper()
	d, err := New(Config{Level: "portable", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLiveRunGoesBetweenTheStepsOfABatchRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDevice(t)
		defer d.Close()
		var order []string
		log := func(s string) func() { return func() { order = append(order, s) } }
		hold := make(chan struct{})
		batch := scriptedRunner(t, d, &scripted{ran: log("batch 1"), hold: hold}, &scripted{ran: log("batch 2")}, &scripted{ran: log("batch 3")})
		live := scriptedRunner(t, d, &scripted{ran: log("live 1")}, &scripted{ran: log("live 2")})
		other := scriptedRunner(t, d, &scripted{ran: log("other batch")})
		var all sync.WaitGroup
		start := func(r tensor.Runner, pri tensor.Priority) {
			all.Go(func() {
				if err := r.Run(t.Context(), pri); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		start(batch, tensor.Batch)
		start(other, tensor.Batch)
		start(live, tensor.Live)
		close(hold)
		all.Wait()
		want := []string{"batch 1", "live 1", "live 2", "batch 2", "batch 3", "other batch"}
		if !slices.Equal(order, want) {
			t.Errorf("order %q, want %q", order, want)
		}
	})
}

func TestCancelledRunStopsAtTheNextStepAndFreesTheDevice(t *testing.T) {
	d := newDevice(t)
	defer d.Close()
	ctx, cancel := context.WithCancel(t.Context())
	r := scriptedRunner(t, d, &scripted{ran: cancel}, &scripted{ran: func() { t.Error("the second step ran") }})
	err := r.Run(ctx, tensor.Batch)
	if fault.KindOf(err) != fault.Canceled || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := scriptedRunner(t, d, &scripted{}).Run(t.Context(), tensor.Batch); err != nil {
		t.Errorf("the device is not free: %v", err)
	}
}

func TestFailingStepIsNamedAndFreesTheDevice(t *testing.T) {
	d := newDevice(t)
	defer d.Close()
	r := scriptedRunner(t, d, &scripted{err: errors.New("out of luck")})
	for range 2 {
		if err := r.Run(t.Context(), tensor.Batch); fault.KindOf(err) != fault.Internal {
			t.Errorf("error %v", err)
		}
	}
}
