// Command gen writes the assembly of the kernels beside it: go generate ./tensor/kernel/... runs it.
//
// Every routine takes pointers and counts that the Go side has checked, works on whole vectors (the Go side does what is
// left over), uses VEX or EVEX encodings only and returns within 100 microseconds for the sizes it is given.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// kernels are the folders that this command writes into.
var kernels = map[string]func(*emitter){
	"convert":   convert,
	"layernorm": layernorm,
	"pointwise": pointwise,
	"softmax":   softmax,
	"tile":      tile,
	"topk":      topk,
	"transpose": transpose,
}

func main() {
	if len(os.Args) != 2 || kernels[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: gen KERNEL")
		os.Exit(2)
	}
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(name string) error {
	ctx := build.NewContext()
	for _, wide := range []bool{false, true} {
		e := &emitter{Context: ctx, wide: wide, lanes: 8, suffix: "AVX2"}
		if wide {
			e.lanes, e.suffix = 16, "AVX512"
		}
		kernels[name](e)
	}
	file, err := ctx.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	config := printer.Config{Name: "gen " + name, Pkg: name}
	for suffix, p := range map[string]printer.Printer{".s": printer.NewGoAsm(config), ".go": printer.NewStubs(config)} {
		text, err := p.Print(file)
		if err != nil {
			return err
		}
		path := filepath.Join("..", name, "asm_amd64"+suffix)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
