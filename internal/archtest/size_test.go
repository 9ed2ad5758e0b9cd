package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dauys/dauys/internal/shared"
)

// The targets of the house style, for hand-written code.
const (
	fileMedian, fileP90, fileMax = 150, 450, 800
	functionP90                  = 35
)

// sources lists the hand-written files with one of the endings.
func sources(t *testing.T, endings ...string) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files")
	cmd.Dir = shared.Root()
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("needs a git checkout: %v", err)
	}
	var files []string
	for _, f := range strings.Fields(string(out)) {
		if slices.Contains(endings, filepath.Ext(f)) && !generated(t, f) {
			files = append(files, f)
		}
	}
	return files
}

func generated(t *testing.T, file string) bool {
	if strings.Contains(file, "/dist/") {
		return true
	}
	text, err := os.ReadFile(filepath.Join(shared.Root(), file))
	if os.IsNotExist(err) {
		return true // removed in the working tree
	}
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(text, []byte("\npackage "))
	return bytes.Contains(head, []byte("DO NOT EDIT"))
}

func TestFilesStaySmall(t *testing.T) {
	var lengths []int
	for _, f := range sources(t, ".go", ".ts") {
		text, err := os.ReadFile(filepath.Join(shared.Root(), f))
		if err != nil {
			t.Fatal(err)
		}
		n := bytes.Count(text, []byte("\n"))
		if n > fileMax {
			t.Errorf("%s has %d lines, at most %d", f, n, fileMax)
		}
		if !strings.HasSuffix(f, "_test.go") {
			lengths = append(lengths, n)
		}
	}
	slices.Sort(lengths)
	median, p90 := lengths[len(lengths)/2], lengths[len(lengths)*9/10]
	t.Logf("%d files, median %d, p90 %d", len(lengths), median, p90)
	if median > fileMedian || p90 > fileP90 {
		t.Errorf("median %d (target %d), p90 %d (target %d)", median, fileMedian, p90, fileP90)
	}
}

func TestFunctionsFitOnAScreen(t *testing.T) {
	var lengths []int
	set := token.NewFileSet()
	for _, f := range sources(t, ".go") {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(set, filepath.Join(shared.Root(), f), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				lengths = append(lengths, set.Position(fn.End()).Line-set.Position(fn.Pos()).Line+1)
			}
		}
	}
	slices.Sort(lengths)
	p90 := lengths[len(lengths)*9/10]
	t.Logf("%d functions, median %d, p90 %d, longest %d", len(lengths), lengths[len(lengths)/2], p90, lengths[len(lengths)-1])
	if p90 > functionP90 {
		t.Errorf("p90 %d lines, target %d", p90, functionP90)
	}
}
