package subtitle

import (
	"context"
	"sync"
	"time"

	"github.com/dauys/dauys/fault"
	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/subtitle"
)

// grace is how long a source whose connection broke stays attached.
const grace = 10 * time.Second

// desk knows the sources that are attached, by session.
type desk struct {
	mu       sync.Mutex
	sessions map[string]*session
}

// session is one source; it may be carried by one link after another.
type session struct {
	desk      *desk
	id        string
	programme string

	mu       sync.Mutex // held while a link works on the source
	ingest   subtitle.Ingest
	accepted uint32
	link     int           // number of the present link; an older one has no say
	taken    chan struct{} // closed when the next link takes over
}

// attach finds the source of a session for a new link, or attaches a new one.
func (d *desk) attach(ctx context.Context, service subtitle.Service, start *subtitlev1.IngestStart) (*session, *turn, error) {
	d.mu.Lock()
	s, known := d.sessions[start.GetSession()]
	if !known {
		s = &session{desk: d, id: start.GetSession(), programme: start.GetProgrammeId()}
		s.mu.Lock() // a second link with the same session waits until this one is attached
		defer s.mu.Unlock()
		if d.sessions == nil {
			d.sessions = map[string]*session{}
		}
		d.sessions[s.id] = s
	}
	d.mu.Unlock()
	if known {
		if s.programme != start.GetProgrammeId() {
			return nil, nil, fault.Errorf("subtitle.Ingest", fault.Invalid, "session belongs to another programme: choose a new one")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.ingest == nil {
			return nil, nil, fault.Errorf("subtitle.Ingest", fault.Unavailable, "the source was just detached: try again")
		}
		return s, s.turnLocked(), nil
	}
	f := start.GetFormat()
	// The source outlives this call: links end it.
	ingest, err := service.Ingest(context.WithoutCancel(ctx), s.programme, subtitle.AudioFormat{
		Encoding: f.GetEncoding(), SampleRate: int(f.GetSampleRate()), Channels: int(f.GetChannels()),
	})
	if err != nil {
		d.forget(s)
		return nil, nil, err
	}
	s.ingest = ingest
	return s, s.turnLocked(), nil
}

func (d *desk) forget(s *session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sessions[s.id] == s {
		delete(d.sessions, s.id)
	}
}

// turn is a link's right to work on a session, until the next link takes it.
type turn struct {
	session *session
	link    int
	taken   <-chan struct{}
}

func (s *session) turnLocked() *turn {
	if s.taken != nil {
		close(s.taken)
	}
	s.link++
	s.taken = make(chan struct{})
	return &turn{session: s, link: s.link, taken: s.taken}
}

// do works on the source, unless another link has taken it or it is detached.
func (t *turn) do(work func(subtitle.Ingest) error) (*subtitlev1.IngestProgress, error) {
	s := t.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != t.link || s.ingest == nil {
		return nil, fault.Errorf("subtitle.Ingest", fault.Canceled, "another connection carries this source now")
	}
	if err := work(s.ingest); err != nil {
		return nil, err
	}
	return &subtitlev1.IngestProgress{ReceivedMs: toMS(s.ingest.Received()), Accepted: s.accepted}, nil
}

// detach gives the source up, where the link still carries it.
func (t *turn) detach() error {
	s := t.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != t.link || s.ingest == nil {
		return nil
	}
	s.desk.forget(s)
	ingest := s.ingest
	s.ingest = nil
	return ingest.Close()
}
