package live_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/dauys/dauys/store/natslog"
	"github.com/dauys/dauys/store/sqlite"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/live"
	"github.com/dauys/dauys/subtitle/subtitletest"
)

// TestServiceContractOnDisk runs the contract on the stores that serve uses.
func TestServiceContractOnDisk(t *testing.T) {
	subtitletest.Run(t, func(t *testing.T, l subtitle.Listener) subtitle.Service {
		dir := t.TempDir()
		log, err := natslog.Open(t.Context(), natslog.Config{Dir: filepath.Join(dir, "events")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { log.Close() })
		registry, err := sqlite.Open(t.Context(), filepath.Join(dir, "dauys.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { registry.Close() })
		s, err := live.New(t.Context(), live.Config{Listener: l, Log: log, Registry: registry, Decode: decode, Programmes: subtitletest.Slots})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		return s
	})
}
