package models

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dauys/dauys/fault"
)

// weightSuffixes are the names under which weights come: at least one such file makes a model.
var weightSuffixes = []string{".bin", ".safetensors", ".pt", ".pth", ".gguf", ".onnx"}

// Add takes the operator's own weights (a folder, or one file with what lies beside it left alone) under a new id. prove
// is called with a folder that holds just the new model and must run it; where it fails, nothing is kept.
func (f Folder) Add(ctx context.Context, path, id, family string, prove func(ctx context.Context, staged Folder) error) error {
	const op fault.Op = "models.Add"
	if !validID.MatchString(id) {
		return fault.Errorf(op, fault.Invalid, "id %q: want lower-case letters, digits, '.', '_', '-', at most 64", id)
	}
	dir := filepath.Join(f.Dir, id)
	if _, err := os.Stat(dir); err == nil {
		return fault.Errorf(op, fault.Exists, "model %s is there already in %s: choose another id or remove that folder", id, dir)
	}
	sources, err := plainFiles(path)
	if err != nil {
		return err
	}
	stage := filepath.Join(f.Dir, ".staging", id)
	if err := os.MkdirAll(stage, 0o755); err != nil {
		return fault.E(op, fault.Other, err)
	}
	defer os.RemoveAll(stage)
	e := Entry{ID: id, Family: family, Title: "added from " + filepath.Base(path), Licence: "the operator's", Commercial: "terms"}
	for _, src := range sources {
		dst := filepath.Join(stage, filepath.Base(src))
		if err := copyFrom(src, dst); err != nil {
			return err
		}
		sum, n, err := hashFile(ctx, dst)
		if err != nil {
			return fault.E(op, fault.Other, err)
		}
		e.Files = append(e.Files, File{Path: filepath.Base(src), Size: n, SHA256: sum})
	}
	if err := prove(ctx, Folder{Dir: filepath.Dir(stage), Entries: []Entry{e}}); err != nil {
		return fault.Errorf(op, fault.Other, "%s does not run as a %s model: %w", path, family, err)
	}
	text, err := yaml.Marshal(e)
	if err != nil {
		return fault.E(op, fault.Internal, err)
	}
	if err := os.WriteFile(filepath.Join(stage, manifest), text, 0o644); err != nil {
		return fault.E(op, fault.Other, err)
	}
	return fault.E(op, fault.Other, os.Rename(stage, dir))
}

// plainFiles lists the files to take: all of a folder, without subfolders and hidden ones, or the one named.
func plainFiles(path string) ([]string, error) {
	const op fault.Op = "models.Add"
	st, err := os.Stat(path)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	files := []string{path}
	if st.IsDir() {
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		files = nil
		for _, e := range entries {
			if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && e.Name() != manifest {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
	}
	if !slices.ContainsFunc(files, func(p string) bool { return slices.Contains(weightSuffixes, filepath.Ext(p)) }) {
		return nil, fault.Errorf(op, fault.Invalid, "%s holds no weights: want a file ending in %s", path, strings.Join(weightSuffixes, ", "))
	}
	return files, nil
}
