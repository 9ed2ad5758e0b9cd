package proto_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dauys/dauys/internal/shared"
)

// TestGeneratedCodeMatchesTheProtos generates again into a temporary folder. Building buf from nothing takes minutes, so
// the test runs where DAUYS_CODEGEN is set.
func TestGeneratedCodeMatchesTheProtos(t *testing.T) {
	if os.Getenv("DAUYS_CODEGEN") == "" {
		t.Skip("set DAUYS_CODEGEN=1 to generate again and compare (a cold build of buf takes minutes)")
	}
	fresh := t.TempDir()
	for _, args := range [][]string{{"lint"}, {"generate", "-o", fresh}} {
		buf := exec.Command("go", append([]string{"tool", "-modfile=tools.mod", "buf"}, args...)...)
		buf.Dir = shared.Root()
		if out, err := buf.CombinedOutput(); err != nil {
			t.Fatalf("buf %s: %v\n%s", args[0], err, out)
		}
	}
	want := goFiles(t, filepath.Join(fresh, "proto"))
	have := goFiles(t, filepath.Join(shared.Root(), "proto", "dauys"))
	for name, text := range want {
		if !bytes.Equal(have[strings.TrimPrefix(name, "dauys/")], text) {
			t.Errorf("proto/%s differs from what the protos generate: run go generate ./proto", name)
		}
	}
	if len(have) != len(want) {
		t.Errorf("%d generated files are committed, the protos generate %d", len(have), len(want))
	}
}

func goFiles(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || d.Name() == "doc.go" { // doc.go is ours
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
