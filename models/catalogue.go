package models

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dauys/dauys/fault"
)

//go:embed catalogue.yaml
var catalogueYAML []byte

// Entry describes one model.
type Entry struct {
	ID         string    `yaml:"id"`
	Family     string    `yaml:"family"` // whisper, vad
	Title      string    `yaml:"title"`
	Languages  []string  `yaml:"languages"` // those of kk, ru, en that it hears; empty = any
	Default    bool      `yaml:"default,omitempty"`
	Licence    string    `yaml:"licence"`
	Commercial string    `yaml:"commercial"` // yes, no, terms
	Hub        string    `yaml:"hub,omitempty"`
	Note       string    `yaml:"note,omitempty"`
	Files      []File    `yaml:"files"`
	Packages   []Package `yaml:"packages,omitempty"`
}

// File is one file of a model's folder.
type File struct {
	Path   string `yaml:"path"` // inside the model's folder, no subfolders
	Size   int64  `yaml:"size"`
	SHA256 string `yaml:"sha256"`
}

// Package is a public package that carries some of the files.
type Package struct {
	Name string `yaml:"name"` // NAME==VERSION
	Size int64  `yaml:"size"` // of the archive, for progress
	Take []Take `yaml:"take"`
}

// Take is one archive member that becomes a file, or part of one; parts are joined in order of Part.
type Take struct {
	Member string `yaml:"member"`
	File   string `yaml:"file"`
	Part   int    `yaml:"part,omitempty"`
}

// Bytes is the size of all files together.
func (e *Entry) Bytes() int64 {
	var n int64
	for _, f := range e.Files {
		n += f.Size
	}
	return n
}

// Catalogue gives the built-in entries.
func Catalogue() ([]Entry, error) { return parse(catalogueYAML) }

var validID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func parse(text []byte) ([]Entry, error) {
	const op fault.Op = "models.Catalogue"
	var entries []Entry
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&entries); err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	seen := map[string]bool{}
	for i := range entries {
		if err := entries[i].check(); err != nil {
			return nil, fault.E(op, fault.Corrupt, err)
		}
		if seen[entries[i].ID] {
			return nil, fault.Errorf(op, fault.Corrupt, "model %s is listed twice", entries[i].ID)
		}
		seen[entries[i].ID] = true
	}
	return entries, nil
}

func (e *Entry) check() error {
	if !validID.MatchString(e.ID) {
		return fmt.Errorf("model id %q: want lower-case letters, digits, '.', '_', '-', at most 64", e.ID)
	}
	if e.Commercial != "yes" && e.Commercial != "no" && e.Commercial != "terms" {
		return fmt.Errorf("model %s: commercial is %q, want yes, no or terms", e.ID, e.Commercial)
	}
	if len(e.Files) == 0 {
		return fmt.Errorf("model %s: has no files", e.ID)
	}
	for _, f := range e.Files {
		if f.Path == "" || f.Path != filepath.Base(f.Path) || strings.HasPrefix(f.Path, ".") {
			return fmt.Errorf("model %s: file name %q is not a plain name", e.ID, f.Path)
		}
		if len(f.SHA256) != 64 || f.Size <= 0 {
			return fmt.Errorf("model %s: file %s lacks its size or checksum", e.ID, f.Path)
		}
	}
	return nil
}
