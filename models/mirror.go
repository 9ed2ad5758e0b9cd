package models

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/dauys/dauys/fault"
)

// fetchMirror brings files from a folder or an http(s) address into stage. What is staged already is not fetched
// again: a download goes on where it broke off.
func fetchMirror(ctx context.Context, from, stage string, want []File, progress Progress) error {
	for _, file := range want {
		staged := filepath.Join(stage, file.Path)
		var err error
		if strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "https://") {
			err = resume(ctx, from, staged, file, progress)
		} else {
			err = copyFrom(filepath.Join(from, file.Path), staged)
			progress(file.Path, file.Size, file.Size)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFrom(src, dst string) error {
	in, err := os.Open(src)
	if err != nil {
		return fault.E("models.copy", fault.Other, err)
	}
	defer in.Close()
	return fault.E("models.copy", fault.Other, writeFile(dst, in))
}

// resume appends to path what of base/<file> is still missing.
func resume(ctx context.Context, base, path string, file File, progress Progress) error {
	const op fault.Op = "models.resume"
	address, err := url.JoinPath(base, file.Path)
	if err != nil {
		return fault.E(op, fault.Invalid, err)
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fault.E(op, fault.Other, err)
	}
	defer out.Close()
	have, err := out.Seek(0, io.SeekEnd)
	if err != nil || have == file.Size {
		return fault.E(op, fault.Other, err)
	}
	body, from, err := get(ctx, address, have)
	if err != nil {
		return err
	}
	defer body.Close()
	if from != have {
		if err := out.Truncate(from); err != nil {
			return fault.E(op, fault.Other, err)
		}
	}
	done := from
	_, err = io.Copy(out, io.LimitReader(readerFunc(func(p []byte) (int, error) {
		n, err := body.Read(p)
		done += int64(n)
		progress(file.Path, done, file.Size)
		return n, err
	}), file.Size-from+1))
	if err != nil {
		return fault.Errorf(op, fault.Unavailable, "%s broke off after %d of %d bytes: %w; pull again to go on", address, done, file.Size, err)
	}
	return nil
}

// get asks for the bytes after from and tells where the answer begins: servers without ranges begin at 0.
func get(ctx context.Context, address string, from int64) (io.ReadCloser, int64, error) {
	const op fault.Op = "models.get"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, fault.E(op, fault.Invalid, err)
	}
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, fault.E(op, fault.Unavailable, err)
	}
	switch res.StatusCode {
	case http.StatusPartialContent:
		return res.Body, from, nil
	case http.StatusOK:
		return res.Body, 0, nil
	}
	res.Body.Close()
	return nil, 0, fault.Errorf(op, fault.Unavailable, "%s answers %s", address, res.Status)
}
