// Package config reads the configuration file of dauys and gives its values to the command line's flags.
//
// There is one description of every setting: the tagged structs of cmd/dauys. A value comes from the flag, else from the
// environment (DAUYS_...), else from the file, else from the default in the tag. The file is YAML: global settings at the
// top, those of a command below its name. Unknown keys are errors.
//
//	models: /srv/dauys/models
//	serve:
//	  listen: 10.0.0.5:8443
//	  tls: auto
package config

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"github.com/dauys/dauys/fault"
)

// maxBytes bounds a configuration file.
const maxBytes = 1 << 20

// File is a parsed configuration file; it is a kong.Resolver.
type File struct {
	values map[string]any // "serve.listen" -> value
}

// Load is a kong.ConfigurationLoader.
func Load(r io.Reader) (kong.Resolver, error) { return Read(r) }

// Read parses a configuration file.
func Read(r io.Reader) (*File, error) {
	const op fault.Op = "config.Read"
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	if len(text) > maxBytes {
		return nil, fault.Errorf(op, fault.Invalid, "configuration file is larger than %d bytes", maxBytes)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, fault.Errorf(op, fault.Invalid, "configuration file: %w", err)
	}
	f := &File{values: map[string]any{}}
	f.flatten("", tree)
	return f, nil
}

func (f *File) flatten(prefix string, tree map[string]any) {
	for k, v := range tree {
		if sub, ok := v.(map[string]any); ok {
			f.flatten(prefix+k+".", sub)
			continue
		}
		f.values[prefix+k] = v
	}
}

// Validate refuses keys that no flag has.
func (f *File) Validate(app *kong.Application) error {
	known := map[string]bool{}
	walk(app.Node, "", func(key string) { known[key] = true })
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		if !known[key] {
			return fault.Errorf("config.Validate", fault.Invalid, "configuration file: unknown key %q", key)
		}
	}
	return nil
}

func walk(n *kong.Node, prefix string, visit func(string)) {
	for _, flag := range n.Flags {
		visit(prefix + flag.Name)
	}
	for _, child := range n.Children {
		walk(child, prefix+child.Name+".", visit)
	}
}

// Resolve gives the value of a flag, nil when the file has none or the environment decides.
func (f *File) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, ok := os.LookupEnv(env); ok {
			return nil, nil
		}
	}
	var names []string
	for n := parent.Node(); n != nil && n.Parent != nil; n = n.Parent {
		names = append([]string{n.Name}, names...)
	}
	v, ok := f.values[strings.Join(append(names, flag.Name), ".")]
	if !ok {
		return nil, nil
	}
	if list, ok := v.([]any); ok {
		var parts []string
		for _, x := range list {
			parts = append(parts, fmt.Sprint(x))
		}
		return strings.Join(parts, ","), nil
	}
	return fmt.Sprint(v), nil
}
