package memory

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// Registry is a subtitle.Registry in memory. The zero value is ready.
type Registry struct {
	mu         sync.Mutex
	programmes map[string]subtitle.Programme
}

// Put writes what is known of a programme.
func (r *Registry) Put(_ context.Context, p subtitle.Programme) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.programmes == nil {
		r.programmes = map[string]subtitle.Programme{}
	}
	p.Spec.HotWords = slices.Clone(p.Spec.HotWords)
	r.programmes[p.ID] = p
	return nil
}

// Get reads a programme.
func (r *Registry) Get(_ context.Context, id string) (*subtitle.Programme, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.programmes[id]
	if !ok {
		return nil, fault.Errorf("memory.Get", fault.NotFound, "no programme %q", id)
	}
	return &p, nil
}

// List gives all programmes, newest first.
func (r *Registry) List(context.Context) ([]subtitle.Programme, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]subtitle.Programme, 0, len(r.programmes))
	for _, p := range r.programmes {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b subtitle.Programme) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// Delete forgets a programme. It is no error that it is not there.
func (r *Registry) Delete(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.programmes, id)
	return nil
}
