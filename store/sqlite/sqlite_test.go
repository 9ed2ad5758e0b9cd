package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/store/storetest"
	"github.com/dauys/dauys/subtitle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustOpen(t *testing.T, file string) *Registry {
	t.Helper()
	r, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestRegistry(t *testing.T) {
	storetest.Registry(t, func(t *testing.T) subtitle.Registry {
		return mustOpen(t, filepath.Join(t.TempDir(), "new folder", "dauys #1?.db"))
	})
}

func TestProgrammesSurviveARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dauys.db")
	r := mustOpen(t, file)
	if err := r.Put(t.Context(), subtitle.Programme{ID: "p", Created: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if p, err := mustOpen(t, file).Get(t.Context(), "p"); err != nil || p.ID != "p" {
		t.Fatalf("%+v, %v", p, err)
	}
}

func TestDamagedFileIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dauys.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), file); fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v of kind %v", err, fault.KindOf(err))
	}
}

func TestFullDiskIsTold(t *testing.T) {
	r := mustOpen(t, filepath.Join(t.TempDir(), "dauys.db"))
	r.db.SetMaxOpenConns(1)
	if _, err := r.db.ExecContext(t.Context(), "PRAGMA max_page_count = 10"); err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		err := r.Put(t.Context(), subtitle.Programme{ID: strings.Repeat("p", n), Spec: subtitle.Spec{Prompt: strings.Repeat("x", 4000)}})
		if err == nil {
			continue
		}
		if fault.KindOf(err) != fault.Exhausted {
			t.Errorf("error %v of kind %v", err, fault.KindOf(err))
		}
		return
	}
	t.Error("the disk never was full")
}

func TestNoFileIsInvalid(t *testing.T) {
	if _, err := Open(t.Context(), ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no file: %v", err)
	}
}
