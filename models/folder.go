package models

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/dauys/dauys/fault"
)

// manifest is the file inside a model's folder that describes weights added by the operator.
const manifest = "dauys.yaml"

// Folder is where models are kept: one subfolder each.
type Folder struct {
	Dir     string
	Entries []Entry // what can be fetched; nil = Catalogue()
}

// State tells how much of a model is there.
type State string

// The states of a model. Sizes are compared here, checksums by Verify.
const (
	Absent    State = "absent"
	Partial   State = "partial"
	Installed State = "installed"
)

// Listed is an entry with what the folder holds of it.
type Listed struct {
	Entry
	State State
	Added bool // by the operator, not of the catalogue
}

// List gives the catalogue's models, then those that the operator added.
func (f Folder) List() ([]Listed, error) {
	entries := f.Entries
	if entries == nil {
		var err error
		if entries, err = Catalogue(); err != nil {
			return nil, err
		}
	}
	var all []Listed
	for _, e := range entries {
		all = append(all, Listed{Entry: e, State: f.state(e)})
	}
	added, err := f.added()
	if err != nil {
		return nil, err
	}
	for _, e := range added {
		all = append(all, Listed{Entry: e, State: f.state(e), Added: true})
	}
	return all, nil
}

// Find gives the entry of a model.
func (f Folder) Find(id string) (*Listed, error) {
	const op fault.Op = "models.Find"
	all, err := f.List()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(l Listed) bool { return l.ID == id })
	if i < 0 {
		var ids []string
		for _, l := range all {
			ids = append(ids, l.ID)
		}
		return nil, fault.Errorf(op, fault.NotFound, "no model %q: known are %v; own weights come in with 'dauys models add PATH --id %s'", id, ids, id)
	}
	return &all[i], nil
}

// Locate gives the folder of an installed model; the error of one that is not installed names the command that brings it.
func (f Folder) Locate(id string) (string, error) {
	const op fault.Op = "models.Locate"
	l, err := f.Find(id)
	if err != nil {
		return "", err
	}
	if l.State != Installed {
		return "", fault.Errorf(op, fault.NotFound, "model %s is %s in %s: run 'dauys models pull %s' (%d MB, licence %s)",
			id, l.State, f.Dir, id, l.Bytes()/1e6, l.Licence)
	}
	return filepath.Join(f.Dir, id), nil
}

func (f Folder) state(e Entry) State {
	there := 0
	for _, file := range e.Files {
		if st, err := os.Stat(filepath.Join(f.Dir, e.ID, file.Path)); err == nil && st.Size() == file.Size {
			there++
		}
	}
	switch there {
	case 0:
		return Absent
	case len(e.Files):
		return Installed
	}
	return Partial
}

func (f Folder) added() ([]Entry, error) {
	paths, err := filepath.Glob(filepath.Join(f.Dir, "*", manifest))
	if err != nil {
		return nil, fault.E("models.List", fault.Invalid, err)
	}
	var entries []Entry
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			return nil, fault.E("models.List", fault.Other, err)
		}
		var e Entry
		if err = yaml.Unmarshal(text, &e); err == nil {
			err = e.check()
		}
		if err == nil && e.ID != filepath.Base(filepath.Dir(p)) {
			err = fmt.Errorf("its id is %q", e.ID)
		}
		if err != nil {
			return nil, fault.Errorf("models.List", fault.Corrupt, "%s does not describe its folder: %w", p, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}
