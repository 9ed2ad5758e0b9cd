package models

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/dauys/dauys/fault"
)

// Progress is told what is being fetched and how far it is: bytes done of total.
type Progress func(what string, done, total int64)

// PullOptions of one pull.
type PullOptions struct {
	From          string // a mirror: a folder or an http(s) address that holds the files; "" = the packages of the catalogue
	AcceptLicence bool   // needed for models whose commercial use is not simply allowed
	Progress      Progress
}

// Pull brings a model's missing or damaged files. Files that are there and right are kept; what an earlier pull
// fetched in part is resumed. On return without error every checksum was right.
func (f Folder) Pull(ctx context.Context, id string, o PullOptions) error {
	const op fault.Op = "models.Pull"
	l, err := f.Find(id)
	if err != nil {
		return err
	}
	if l.Added {
		return fault.Errorf(op, fault.Unsupported, "model %s was added from a file: add it again with 'dauys models add'", id)
	}
	if l.Commercial != "yes" && !o.AcceptLicence {
		return fault.Errorf(op, fault.Denied, "model %s is under %q (commercial use: %s): read it, then pull with --accept-licence", id, l.Licence, l.Commercial)
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	missing, err := f.missing(ctx, l.Entry)
	if err != nil || len(missing) == 0 {
		return err
	}
	stage := filepath.Join(f.Dir, ".staging", id)
	if err := os.MkdirAll(stage, 0o755); err != nil {
		return fault.E(op, fault.Other, err)
	}
	if o.From != "" {
		err = fetchMirror(ctx, o.From, stage, missing, o.Progress)
	} else {
		err = fetchPackages(ctx, l.Entry, stage, missing, o.Progress)
	}
	if err != nil {
		return fault.Errorf(op, fault.Other, "model %s: %w", id, err)
	}
	return f.install(ctx, id, stage, missing)
}

// missing gives the files that are absent or damaged.
func (f Folder) missing(ctx context.Context, e Entry) ([]File, error) {
	var out []File
	for _, file := range e.Files {
		err := checkFile(ctx, filepath.Join(f.Dir, e.ID, file.Path), file)
		if ctx.Err() != nil {
			return nil, fault.E("models.Pull", fault.Canceled, ctx.Err())
		}
		if err != nil {
			out = append(out, file)
		}
	}
	return out, nil
}

// install proves the staged files and moves them to their place; a damaged one is removed, so that the next pull fetches it again.
func (f Folder) install(ctx context.Context, id, stage string, files []File) error {
	const op fault.Op = "models.install"
	dir := filepath.Join(f.Dir, id)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.E(op, fault.Other, err)
	}
	for _, file := range files {
		staged := filepath.Join(stage, file.Path)
		if err := checkFile(ctx, staged, file); err != nil {
			return errors.Join(fault.Errorf(op, fault.Corrupt, "model %s: what arrived is damaged: %w; pull again", id, err), os.Remove(staged))
		}
		if err := os.Rename(staged, filepath.Join(dir, file.Path)); err != nil {
			return fault.E(op, fault.Other, err)
		}
	}
	return fault.E(op, fault.Other, os.RemoveAll(stage))
}
