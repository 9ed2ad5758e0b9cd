package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/dauys/dauys/internal/shared"
)

const module = "github.com/dauys/dauys/"

// rule forbids packages below From to need, directly or through others, packages below Deny.
type rule struct{ From, Deny, Why string }

// rules is the layering of the tree, downwards only. A path that ends in "/..." means the folder and all below it.
var rules = []rule{
	{"fault", "...", "the error type is at the bottom: everything may import it, it imports nothing of ours"},
	{"tensor/kernel/...", "tensor", "kernels know slices, not tensors"},
	{"tensor/kernel/...", "tensor/cpu/...", "kernels detect nothing: level and pool are arguments"},
	{"tensor/...", "audio/...", "the runtime knows no sound"},
	{"tensor/...", "text/...", "the runtime knows no text"},
	{"tensor/...", "asr/...", "the runtime knows no model"},
	{"tensor/...", "decode/...", "the runtime is below decoding"},
	{"decode/...", "text/...", "decoding knows token ids only"},
	{"decode/...", "audio/...", "decoding knows token ids only"},
	{"decode/...", "asr/...", "decoding is shared by all domains"},
	{"audio/...", "asr/...", "sound is below the domains"},
	{"audio/...", "tensor/...", "sound needs no model"},
	{"text/...", "tensor/...", "text needs no model"},
	{"asr", "asr/...", "the contract imports no engine"},
	{"asr/...", "proto/...", "a recogniser must run in a plain program, without a network"},
	{"asr/...", "services/...", "a recogniser must run in a plain program, without a network"},
	{"asr/...", "gateway/...", "domains are below the gateway"},
	{"asr/...", "subtitle/...", "domains do not import each other"},
	{"asr/...", "store/...", "a recogniser keeps nothing"},
	{"subtitle/...", "asr/...", "domains do not import each other: the pipeline hears through its own Listener"},
	{"subtitle/...", "tensor/...", "the pipeline runs no model"},
	{"subtitle/...", "proto/...", "the pipeline must run in a plain program, without a network"},
	{"subtitle/...", "services/...", "the pipeline must run in a plain program, without a network"},
	{"subtitle/...", "store/...", "the pipeline sees a Log and a Registry, not a driver"},
	{"store/...", "asr/...", "stores keep events, not engines"},
	{"store/...", "gateway/...", "stores are below the gateway"},
	{"services/...", "gateway/...", "services are below the gateway"},
	{"services/...", "tensor/...", "services are adapters: engines are wired by cmd"},
	{"services/asr/...", "subtitle/...", "a service sees one domain and its proto"},
	{"services/subtitle/...", "asr/...", "a service sees one domain and its proto"},
	{"gateway/...", "tensor/...", "the gateway never sees a model"},
	{"gateway/...", "asr/engine/...", "the gateway never sees a model"},
	{"gateway/...", "asr/whisper/...", "the gateway never sees a model"},
	{"gateway/...", "store/...", "the gateway never sees a store driver"},
	{"models/...", "tensor/...", "the catalogue knows files, not their contents"},
}

// wiring lists who may import the packages that put parts together.
var wiring = []struct {
	Package, By, Why string
}{
	{"asr/engine", "cmd/dauys/...", "only cmd chooses engines"},
}

type pkg struct {
	ImportPath, Dir, Name, Doc              string
	Imports, Deps, GoFiles, TestImports     []string
	XTestImports, TestGoFiles, XTestGoFiles []string
}

// packages lists the module's own packages, by the go command.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Name,Doc,Imports,Deps,GoFiles,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir = shared.Root()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, errs.String())
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// within tells whether path (without the module's name) is what pattern names.
func within(path, pattern string) bool {
	if pattern == "..." {
		return true
	}
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == base || strings.HasPrefix(path, base+"/")
	}
	return path == pattern
}

func TestImportsPointDownwards(t *testing.T) {
	all := packages(t)
	used := make([]bool, len(rules))
	for _, p := range all {
		from := strings.TrimPrefix(p.ImportPath, module)
		for i, r := range rules {
			if !within(from, r.From) {
				continue
			}
			used[i] = true
			for _, dep := range p.Deps {
				to, ours := strings.CutPrefix(dep, module)
				if ours && within(to, r.Deny) && !within(to, r.From) {
					t.Errorf("%s needs %s: %s", from, to, r.Why)
				}
			}
		}
	}
	for i, u := range used {
		if !u {
			t.Errorf("rule %+v is about no package: was it renamed?", rules[i])
		}
	}
}

func TestOnlyCmdWires(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, w := range wiring {
			for _, dep := range p.Imports {
				if dep == module+w.Package && !within(from, w.By) && !strings.HasPrefix(from, "bench/") {
					t.Errorf("%s imports %s: %s", from, w.Package, w.Why)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && strings.TrimSpace(p.Doc) == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}
