package live

import (
	"context"
	"sync"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// Service runs programmes in this process. Close it to keep what was heard.
type Service struct {
	cfg Config

	mu      sync.Mutex
	running map[string]*programme
	readers map[*reader]struct{}
	closed  bool
	group   sync.WaitGroup
}

// New makes a service and takes up the programmes that were running when the last one stopped.
func New(ctx context.Context, cfg Config) (*Service, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, running: map[string]*programme{}, readers: map[*reader]struct{}{}}
	if err := s.recover(ctx); err != nil {
		s.Close(ctx)
		return nil, err
	}
	return s, nil
}

// Create makes a programme that waits for its source, or pulls it.
func (s *Service) Create(ctx context.Context, spec subtitle.Spec) (*subtitle.Programme, error) {
	const op fault.Op = "live.Create"
	spec, err := s.check(spec)
	if err != nil {
		return nil, fault.E(op, fault.Invalid, err)
	}
	info := subtitle.Programme{ID: s.cfg.NewID(), Spec: spec, State: subtitle.StateWaiting, Created: time.Now().UTC()}
	p, err := newProgramme(&s.cfg, info, 1, 0)
	if err != nil {
		return nil, err
	}
	if err := s.admit(p); err != nil {
		p.cancel()
		return nil, err
	}
	if err := s.cfg.Registry.Put(ctx, info); err != nil {
		s.drop(p)
		return nil, fault.E(op, fault.Other, err)
	}
	s.start(p)
	return &info, nil
}

// admit takes a slot for p.
func (s *Service) admit(p *programme) error {
	const op fault.Op = "live.Create"
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return fault.Errorf(op, fault.Unavailable, "the server stops")
	case len(s.running) >= s.cfg.Programmes:
		return fault.Errorf(op, fault.Exhausted, "%d programmes are running and no more fit: end one or try later", len(s.running))
	case s.running[p.info.ID] != nil:
		return fault.Errorf(op, fault.Exists, "programme %s is there already", p.info.ID)
	}
	s.running[p.info.ID] = p
	s.group.Add(1)
	return nil
}

func (s *Service) drop(p *programme) {
	s.mu.Lock()
	delete(s.running, p.info.ID)
	s.mu.Unlock()
	p.deafen()
	p.cancel()
	close(p.done)
	s.group.Done()
}

// start runs an admitted programme and its source.
func (s *Service) start(p *programme) {
	go func() {
		var source sync.WaitGroup
		if p.info.Spec.Source != subtitle.SourceWebSocket {
			source.Go(func() { p.pull(s.cfg.Open) })
		}
		p.run()
		source.Wait()
		s.drop(p)
	}()
}

func (s *Service) programme(id string) *programme {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[id]
}

// Get tells what is known of a programme.
func (s *Service) Get(ctx context.Context, id string) (*subtitle.Programme, error) {
	if p := s.programme(id); p != nil {
		info := p.get()
		return &info, nil
	}
	p, err := s.cfg.Registry.Get(ctx, id)
	return p, fault.E("live.Get", fault.Other, err)
}

// List tells what is known of all programmes, newest first.
func (s *Service) List(ctx context.Context) ([]subtitle.Programme, error) {
	all, err := s.cfg.Registry.List(ctx)
	if err != nil {
		return nil, fault.E("live.List", fault.Other, err)
	}
	for i := range all {
		if p := s.programme(all[i].ID); p != nil {
			all[i] = p.get()
		}
	}
	return all, nil
}

// Delete ends the programme and removes what it wrote.
func (s *Service) Delete(ctx context.Context, id string) error {
	const op fault.Op = "live.Delete"
	if p := s.programme(id); p != nil {
		p.end(0)
		select {
		case <-p.done:
		case <-ctx.Done():
			return fault.E(op, fault.Other, ctx.Err())
		}
	} else if _, err := s.cfg.Registry.Get(ctx, id); err != nil {
		return fault.E(op, fault.Other, err)
	}
	s.mu.Lock()
	for r := range s.readers {
		if r.id == id {
			r.cancel(fault.Errorf(op, fault.NotFound, "programme %s was deleted", id))
		}
	}
	s.mu.Unlock()
	if err := s.cfg.Log.Remove(ctx, id); err != nil {
		return fault.E(op, fault.Other, err)
	}
	return fault.E(op, fault.Other, s.cfg.Registry.Delete(ctx, id))
}

// Ingest attaches the programme's one source.
func (s *Service) Ingest(ctx context.Context, id string, format subtitle.AudioFormat) (subtitle.Ingest, error) {
	const op fault.Op = "live.Ingest"
	p := s.programme(id)
	if p == nil {
		if _, err := s.cfg.Registry.Get(ctx, id); err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		return nil, fault.Errorf(op, fault.Invalid, "programme %s has ended: create a new one", id)
	}
	if p.info.Spec.Source != subtitle.SourceWebSocket {
		return nil, fault.Errorf(op, fault.Exists, "programme %s has its own source (%s)", id, p.info.Spec.Source)
	}
	if s.cfg.Decode == nil {
		return nil, fault.Errorf(op, fault.Unsupported, "this server takes no sound: it has no decoders")
	}
	decoder, err := s.cfg.Decode(format)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	n, err := p.attach()
	if err != nil {
		return nil, err
	}
	return &ingest{p: p, source: n, decoder: decoder}, nil
}

// Subscribe reads a programme's events after seq, or its tail, and then live.
func (s *Service) Subscribe(ctx context.Context, id string, after int64) (subtitle.Events, error) {
	const op fault.Op = "live.Subscribe"
	p := s.programme(id)
	r := &serviceReader{service: s, reader: reader{log: s.cfg.Log, id: id, after: after}}
	var last int64
	if p != nil {
		r.writer, last = p.writer, p.writer.seq()
	} else {
		info, err := s.cfg.Registry.Get(ctx, id)
		if err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		if last, err = s.cfg.Log.Last(ctx, id); err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		if r.ended = last == 0 || after >= last; info.State != subtitle.StateEnded && r.ended {
			return nil, fault.Errorf(op, fault.Unavailable, "the server stops: subscribe again")
		}
	}
	if after < 0 {
		events, err := s.newest(ctx, r.writer, id, last)
		if err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		r.tail, r.after = tail(events, tailSize), last
		r.ended = r.ended || r.writer == nil
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	s.mu.Lock()
	s.readers[&r.reader] = struct{}{}
	s.mu.Unlock()
	return r, nil
}

// newest gives the events up to last among which the newest segments are, from memory where they are there.
func (s *Service) newest(ctx context.Context, w *writer, id string, last int64) ([]subtitle.Event, error) {
	if w != nil {
		if events := w.memory(last); len(events) > 0 && (events[0].Seq == 1 || segments(events) > tailSize) {
			return events, nil
		}
	}
	return archive(ctx, s.cfg.Log, id, last, tailSize)
}

// serviceReader is a reader that the service can end.
type serviceReader struct {
	reader
	service *Service
}

// Close ends the reader.
func (r *serviceReader) Close() error {
	r.service.mu.Lock()
	delete(r.service.readers, &r.reader)
	r.service.mu.Unlock()
	return r.reader.Close()
}

// Close ends ingest, flushes recognisers and events within 5 s, and leaves running programmes to be taken up by the next
// service. It returns after the last goroutine, or with ctx.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	for _, p := range s.running {
		p.stop()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.group.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		for _, p := range s.running {
			p.cancel()
		}
		s.mu.Unlock()
		<-done
		return fault.E("live.Close", fault.Other, ctx.Err())
	}
}
