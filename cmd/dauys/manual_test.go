package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/dauys/dauys/config"
	"github.com/dauys/dauys/internal/shared"
)

var update = flag.Bool("update", false, "write docs/cli.md")

// TestManualIsTheCommandLine keeps docs/cli.md equal to the tags (go test ./cmd/dauys -run Manual -update writes it).
func TestManualIsTheCommandLine(t *testing.T) {
	var c cli
	k, err := kong.New(&c, kong.Name("dauys"), kong.Configuration(config.Load),
		kong.Vars{"version": "", "models_dir": "~/.local/share/dauys/models", "data_dir": "~/.local/share/dauys/data"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Command line\n\nGenerated from the tags in cmd/dauys: `go test ./cmd/dauys -run Manual -update`.\n\n" +
		"A value comes from the flag, else from the environment, else from the configuration file (`--config`, YAML: global settings at\n" +
		"the top, those of a command below its name), else it is the default. Data go to stdout, progress and logs to stderr. Exit status:\n" +
		"0 done, 1 failed, 2 wrong usage.\n\n")
	manual(&b, k.Model.Node, "dauys")
	path := filepath.Join(shared.Root(), "docs", "cli.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != b.String() {
		t.Errorf("docs/cli.md is not what the tags say (%v): run go test ./cmd/dauys -run Manual -update", err)
	}
}

func manual(b *strings.Builder, n *kong.Node, name string) {
	for _, p := range n.Positional {
		name += " " + p.Summary()
	}
	fmt.Fprintf(b, "## `%s`\n\n", name)
	if n.Help != "" {
		fmt.Fprintf(b, "%s\n\n", n.Help)
	}
	for _, p := range n.Positional {
		fmt.Fprintf(b, "- `%s`: %s\n", p.Name, p.Help)
	}
	if len(n.Positional) > 0 {
		b.WriteString("\n")
	}
	rows := ""
	for _, f := range n.Flags {
		if f.Name == "help" || f.Hidden {
			continue
		}
		rows += fmt.Sprintf("| `--%s` | %s | %s | %s |\n", f.Name, code(strings.Join(f.Envs, " ")), code(f.Default), strings.ReplaceAll(f.Help, "|", "\\|"))
	}
	if rows != "" {
		fmt.Fprintf(b, "| flag | environment | default | |\n|---|---|---|---|\n%s\n", rows)
	}
	for _, child := range n.Children {
		manual(b, child, strings.Fields(name)[0]+strings.TrimPrefix(" "+child.Path(), " dauys"))
	}
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}
