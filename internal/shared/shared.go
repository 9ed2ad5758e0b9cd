// Package shared finds what tests may read but the repository does not hold: reference data and installed models.
package shared

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Root is the top folder of this checkout.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Path gives ../shared/<name> from the project's root. It skips the test where that is absent, and fails it when
// DAUYS_REQUIRE is set (as in CI).
func Path(t testing.TB, name string) string {
	t.Helper()
	return need(t, filepath.Join(Root(), "..", "shared", name), "reference data")
}

// Model gives the folder of an installed model: $DAUYS_MODELS/<id>, else ~/.local/share/dauys/models/<id>.
func Model(t testing.TB, id string) string {
	t.Helper()
	dir := os.Getenv("DAUYS_MODELS")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(home, ".local", "share", "dauys", "models")
	}
	return need(t, filepath.Join(dir, id), "model "+id+" (dauys models pull "+id+")")
}

func need(t testing.TB, path, what string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("DAUYS_REQUIRE") != "" {
			t.Fatalf("%s is required here: %v", what, err)
		}
		t.Skipf("needs %s: %v", what, err)
	}
	return path
}
