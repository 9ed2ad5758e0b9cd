package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dauys/dauys/fault"
)

var content = []byte(strings.Repeat("weights ", 1000))

func entry(commercial string) Entry {
	sum := sha256.Sum256(content)
	return Entry{
		ID: "m", Family: "whisper", Licence: "L", Commercial: commercial,
		Files: []File{{Path: "model.bin", Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}},
	}
}

func folder(t *testing.T, commercial string) Folder {
	return Folder{Dir: t.TempDir(), Entries: []Entry{entry(commercial)}}
}

func TestCatalogueIsWellFormed(t *testing.T) {
	entries, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for _, f := range e.Files {
			if !carriesFile(e, f) {
				t.Errorf("%s: no package brings %s", e.ID, f.Path)
			}
		}
	}
}

func carriesFile(e Entry, f File) bool {
	for _, p := range e.Packages {
		if carries(p, []File{f}) {
			return true
		}
	}
	return false
}

func TestMissingModelNamesThePullCommand(t *testing.T) {
	_, err := folder(t, "yes").Locate("m")
	if fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "dauys models pull m") {
		t.Errorf("%v", err)
	}
}

func TestUnknownModelNamesTheKnownOnes(t *testing.T) {
	_, err := folder(t, "yes").Locate("other")
	if fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "[m]") {
		t.Errorf("%v", err)
	}
}

func TestPullResumesABrokenDownload(t *testing.T) {
	f := folder(t, "yes")
	var served atomic.Int64
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "8000")
		_, _ = w.Write(content[:3000])
	}))
	defer broken.Close()
	if err := f.Pull(t.Context(), "m", PullOptions{From: broken.URL}); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("broken download: %v", err)
	}
	good := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "bytes=3000-" {
			t.Errorf("range %q", r.Header.Get("Range"))
		}
		w.WriteHeader(http.StatusPartialContent)
		n, _ := w.Write(content[3000:])
		served.Add(int64(n))
	}))
	defer good.Close()
	if err := f.Pull(t.Context(), "m", PullOptions{From: good.URL}); err != nil {
		t.Fatal(err)
	}
	if served.Load() != 5000 {
		t.Errorf("second pull fetched %d bytes, want the missing 5000", served.Load())
	}
	if err := f.Verify(t.Context(), "m"); err != nil {
		t.Error(err)
	}
}

func TestPullFetchesADamagedFileAgain(t *testing.T) {
	f, mirror := folder(t, "yes"), mirrorDir(t)
	if err := f.Pull(t.Context(), "m", PullOptions{From: mirror}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.Dir, "m", "model.bin")
	damaged := append([]byte("X"), content[1:]...)
	if err := os.WriteFile(path, damaged, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(t.Context(), "m"); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("verify of a damaged file: %v", err)
	}
	if err := f.Pull(t.Context(), "m", PullOptions{From: mirror}); err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(t.Context(), "m"); err != nil {
		t.Error(err)
	}
}

func TestPullRefusesWrongContentAndKeepsNothing(t *testing.T) {
	f, mirror := folder(t, "yes"), t.TempDir()
	wrong := append([]byte("X"), content[1:]...)
	if err := os.WriteFile(filepath.Join(mirror, "model.bin"), wrong, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Pull(t.Context(), "m", PullOptions{From: mirror}); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("%v", err)
	}
	if _, err := f.Locate("m"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a damaged model was installed: %v", err)
	}
}

func TestPullAsksForTheLicence(t *testing.T) {
	f, mirror := folder(t, "terms"), mirrorDir(t)
	if err := f.Pull(t.Context(), "m", PullOptions{From: mirror}); fault.KindOf(err) != fault.Denied {
		t.Errorf("%v", err)
	}
	if err := f.Pull(t.Context(), "m", PullOptions{From: mirror, AcceptLicence: true}); err != nil {
		t.Error(err)
	}
}

func TestPullCanBeCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := folder(t, "yes").Pull(ctx, "m", PullOptions{From: mirrorDir(t)}); err == nil {
		t.Error("a canceled pull succeeded")
	}
}

func TestAddKeepsWhatRunsOnly(t *testing.T) {
	f, src := Folder{Dir: t.TempDir(), Entries: []Entry{}}, mirrorDir(t)
	bad := errors.New("3 weights missing")
	err := f.Add(t.Context(), src, "mine", "whisper", func(context.Context, Folder) error { return bad })
	if !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
	if list, err := f.List(); err != nil || len(list) != 0 {
		t.Errorf("after a failed add: %v, %v", list, err)
	}
	ok := func(context.Context, Folder) error { return nil }
	if err := f.Add(t.Context(), src, "mine", "whisper", ok); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Locate("mine"); err != nil {
		t.Error(err)
	}
	if err := f.Add(t.Context(), src, "mine", "whisper", ok); fault.KindOf(err) != fault.Exists {
		t.Errorf("second add: %v", err)
	}
	if err := f.Verify(t.Context(), "mine"); err != nil {
		t.Error(err)
	}
}

func TestAddRefusesAFolderWithoutWeights(t *testing.T) {
	f := Folder{Dir: t.TempDir(), Entries: []Entry{}}
	if err := f.Add(t.Context(), t.TempDir(), "x", "whisper", nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

func mirrorDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "model.bin"), content, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func FuzzCatalogue(f *testing.F) {
	f.Add(catalogueYAML)
	f.Add([]byte("- id: x\n  commercial: yes\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := parse(text)
		if err == nil {
			for _, e := range entries {
				if e.check() != nil {
					t.Errorf("accepted %+v", e)
				}
			}
		}
	})
}
