package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// Registry checks that a registry keeps what subtitle.Registry promises. open gives an empty one of the test's own.
func Registry(t *testing.T, open func(t *testing.T) subtitle.Registry) {
	for _, c := range []struct {
		name string
		test func(*testing.T, subtitle.Registry)
	}{
		{"programme comes back as it was", registryKeeps},
		{"put replaces", registryReplaces},
		{"list is newest first", registryLists},
		{"absent programme is not found", registryMisses},
		{"deleted programme is gone", registryDeletes},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func programme(id string, created time.Time) subtitle.Programme {
	return subtitle.Programme{
		ID: id, State: subtitle.StateLive, Created: created, Ended: created.Add(time.Hour),
		Received: 90*time.Minute + 250*time.Microsecond, LastSeq: 1 << 40,
		Spec: subtitle.Spec{
			Title: "Жаңалықтар 'кешкі'; --", Language: "kk", Source: subtitle.SourceURL, URL: "https://a.example/b?c=d",
			Model: "whisper-base", Prompt: "Алматы", HotWords: []string{"Абай", "Qazaqstan"}, FinalOnly: true,
		},
	}
}

var day = time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.UTC)

func mustPut(t *testing.T, r subtitle.Registry, p subtitle.Programme) {
	t.Helper()
	if err := r.Put(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

func mustGet(t *testing.T, r subtitle.Registry, want subtitle.Programme) {
	t.Helper()
	got, err := r.Get(t.Context(), want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Error(diff)
	}
}

func registryKeeps(t *testing.T, r subtitle.Registry) {
	full, bare := programme("a", day), subtitle.Programme{ID: "b", State: subtitle.StateWaiting, Created: day}
	mustPut(t, r, full)
	mustPut(t, r, bare)
	mustGet(t, r, full)
	mustGet(t, r, bare)
}

func registryReplaces(t *testing.T, r subtitle.Registry) {
	p := programme("a", day)
	mustPut(t, r, p)
	p.State, p.LastSeq, p.Spec.HotWords = subtitle.StateEnded, 7, nil
	mustPut(t, r, p)
	mustGet(t, r, p)
}

func registryLists(t *testing.T, r subtitle.Registry) {
	if all, err := r.List(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("empty: %v, %v", all, err)
	}
	for i, id := range []string{"b", "c", "a"} {
		mustPut(t, r, programme(id, day.Add(time.Duration(i)*time.Millisecond)))
	}
	all, err := r.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	if diff := cmp.Diff([]string{"a", "c", "b"}, ids); diff != "" {
		t.Error(diff)
	}
}

func registryMisses(t *testing.T, r subtitle.Registry) {
	if _, err := r.Get(t.Context(), "absent"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("get: %v, want kind not_found", err)
	}
	if err := r.Delete(t.Context(), "absent"); err != nil {
		t.Errorf("delete: %v", err)
	}
}

func registryDeletes(t *testing.T, r subtitle.Registry) {
	mustPut(t, r, programme("a", day))
	if err := r.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Get(t.Context(), "a"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("get: %v, want kind not_found", err)
	}
}
