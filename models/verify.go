package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"

	"github.com/dauys/dauys/fault"
)

// Verify reads every file of a model and compares its checksum. The error names the first file that differs.
func (f Folder) Verify(ctx context.Context, id string) error {
	l, err := f.Find(id)
	if err != nil {
		return err
	}
	for _, file := range l.Files {
		if err := checkFile(ctx, filepath.Join(f.Dir, id, file.Path), file); err != nil {
			return fault.Errorf("models.Verify", fault.Other, "model %s: %w; run 'dauys models pull %s'", id, err, id)
		}
	}
	return nil
}

// checkFile compares size and SHA-256 of the file at path with what is expected.
func checkFile(ctx context.Context, path string, want File) error {
	const op fault.Op = "models.checkFile"
	sum, n, err := hashFile(ctx, path)
	if err != nil {
		return fault.E(op, fault.Other, err)
	}
	if n != want.Size {
		return fault.Errorf(op, fault.Corrupt, "%s has %d bytes, want %d", want.Path, n, want.Size)
	}
	if sum != want.SHA256 {
		return fault.Errorf(op, fault.Corrupt, "%s has checksum %s, want %s", want.Path, sum, want.SHA256)
	}
	return nil
}

func hashFile(ctx context.Context, path string) (string, int64, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	h := sha256.New()
	n, err := io.Copy(h, readerFunc(func(p []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return in.Read(p)
	}))
	return hex.EncodeToString(h.Sum(nil)), n, err
}

type readerFunc func([]byte) (int, error)

// Read calls f.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
