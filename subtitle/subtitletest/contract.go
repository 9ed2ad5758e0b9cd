package subtitletest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// Slots is how many programmes the service under test must run at once, and no more.
const Slots = 3

// Run checks that a service keeps what subtitle.Service promises. build gives an empty service that hears through listener, takes
// [Format] and runs [Slots] programmes.
func Run(t *testing.T, build func(t *testing.T, listener subtitle.Listener) subtitle.Service) {
	for _, c := range []struct {
		name string
		test func(*fixture)
	}{
		{"created programme is found and waits", (*fixture).created},
		{"spoken words become final and the programme ends", (*fixture).spoken},
		{"words grow and stable words never change", (*fixture).grows},
		{"reader that comes back misses nothing", (*fixture).resumes},
		{"tail is the last 20 segments", (*fixture).tail},
		{"second source is refused", (*fixture).second},
		{"lost source is a gap on one timeline", (*fixture).lost},
		{"unknown programme is not found", (*fixture).unknown},
		{"wrong specification is refused", (*fixture).wrong},
		{"programmes have slots", (*fixture).slots},
		{"ended programme takes no sound", (*fixture).after},
		{"deleted programme is gone", (*fixture).deleted},
		{"reader ends with its context", (*fixture).cancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &Listener{}
			c.test(&fixture{T: t, listener: l, service: build(t, l)})
		})
	}
}

type fixture struct {
	*testing.T
	listener *Listener
	service  subtitle.Service
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) kind(err error, want fault.Kind) {
	f.Helper()
	if fault.KindOf(err) != want || err == nil {
		f.Errorf("error %v is of kind %v, want %v", err, fault.KindOf(err), want)
	}
}

func (f *fixture) create() string {
	f.Helper()
	p, err := f.service.Create(f.Context(), subtitle.Spec{Title: "news", Language: "kk"})
	f.must(err)
	return p.ID
}

func (f *fixture) ingest(id string) subtitle.Ingest {
	f.Helper()
	in, err := f.service.Ingest(f.Context(), id, Format)
	f.must(err)
	f.Cleanup(func() { in.Close() })
	return in
}

// say writes the sound of text, in messages that cut samples in two.
func (f *fixture) say(in subtitle.Ingest, text string) {
	f.Helper()
	for pcm := f.listener.Say(text); len(pcm) > 0; {
		n := min(len(pcm), 6401)
		f.must(in.Write(f.Context(), pcm[:n]))
		pcm = pcm[n:]
	}
}

// speak runs a whole programme.
func (f *fixture) speak(text string) string {
	f.Helper()
	id := f.create()
	in := f.ingest(id)
	f.say(in, text)
	f.must(in.End(f.Context()))
	return id
}

func (f *fixture) subscribe(id string, after int64) subtitle.Events {
	f.Helper()
	r, err := f.service.Subscribe(f.Context(), id, after)
	f.must(err)
	f.Cleanup(func() { r.Close() })
	return r
}

// until reads events up to the first that is wanted.
func (f *fixture) until(r subtitle.Events, want func(subtitle.Event) bool) []subtitle.Event {
	f.Helper()
	var all []subtitle.Event
	for {
		e, err := r.Next(f.Context())
		f.must(err)
		all = append(all, e)
		if want(e) {
			return all
		}
	}
}

// all reads the events of an ended programme.
func (f *fixture) all(r subtitle.Events) []subtitle.Event {
	f.Helper()
	var all []subtitle.Event
	for {
		e, err := r.Next(f.Context())
		if errors.Is(err, io.EOF) {
			return all
		}
		f.must(err)
		all = append(all, e)
	}
}

func isStatus(code string) func(subtitle.Event) bool {
	return func(e subtitle.Event) bool { return e.Type == subtitle.EventStatus && e.Code == code }
}

// Finals joins the texts of the final segments among events.
func Finals(events []subtitle.Event) string {
	var texts []string
	for _, e := range events {
		if e.Type == subtitle.EventSegment && e.Final {
			texts = append(texts, e.Text)
		}
	}
	return strings.Join(texts, " ")
}

func (f *fixture) same(got, want string) {
	f.Helper()
	if got != want {
		f.Errorf("\n got %q\nwant %q", got, want)
	}
}

func numbers(from, to int) string {
	var words []string
	for n := from; n <= to; n++ {
		words = append(words, fmt.Sprint("w", n))
	}
	return strings.Join(words, " ")
}

func (f *fixture) cancelled() {
	ctx, cancel := context.WithCancel(f.Context())
	r, err := f.service.Subscribe(ctx, f.create(), 0)
	f.must(err)
	defer r.Close()
	f.until(r, isStatus("waiting"))
	cancel()
	if _, err := r.Next(f.Context()); fault.KindOf(err) != fault.Canceled {
		f.Errorf("after its context: %v", err)
	}
}
