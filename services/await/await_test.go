package await

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestChangeWakesAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cell Cell
		var n int
		done := make(chan int, 3)
		for want := range 3 {
			go func() {
				_ = cell.Until(t.Context(), func() (bool, error) { return n >= want, nil })
				done <- want
			}()
		}
		synctest.Wait()
		if len(done) != 1 {
			t.Fatalf("%d went on before any change", len(done))
		}
		cell.Change(func() { n = 2 })
		synctest.Wait()
		if len(done) != 3 {
			t.Errorf("%d went on", len(done))
		}
	})
}

func TestTakingWakesTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cell Cell
		turn := 0
		for me := range 5 {
			go func() {
				_ = cell.Until(t.Context(), func() (bool, error) { ok := turn == me; turn += map[bool]int{true: 1}[ok]; return ok, nil })
			}()
		}
		synctest.Wait()
		cell.Look(func() {
			if turn != 5 {
				t.Errorf("stopped at %d", turn)
			}
		})
	})
}

func TestWaitingEndsWithContextOrFailure(t *testing.T) {
	var cell Cell
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := cell.Until(ctx, func() (bool, error) { return false, nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	broken := errors.New("broken")
	if err := cell.Until(t.Context(), func() (bool, error) { return false, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}
