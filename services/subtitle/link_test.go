package subtitle

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/memhttp"
	"github.com/dauys/dauys/services/intercept"
	"github.com/dauys/dauys/services/transport"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/subtitletest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rest reads events to the programme's end.
func rest(t *testing.T, r subtitle.Events) (all []subtitle.Event) {
	t.Helper()
	for {
		e, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return all
		}
		must(t, err)
		all = append(all, e)
	}
}

func TestBrokenLinksLoseNothingAndLeaveNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := &subtitletest.Listener{}
		client, mem := remote(t, local(t, listener))
		p, err := client.Create(t.Context(), subtitle.Spec{Language: "en"})
		must(t, err)
		reader, err := client.Subscribe(t.Context(), p.ID, 0)
		must(t, err)
		source, err := client.Ingest(t.Context(), p.ID, subtitletest.Format)
		must(t, err)
		words := strings.Fields("one two three four five six seven eight nine ten eleven twelve.")
		for i, w := range words {
			must(t, source.Write(t.Context(), listener.Say(w)))
			if i%4 == 1 {
				mem.Cut()
			}
		}
		must(t, source.End(t.Context()))
		if got := source.Received(); got != time.Duration(len(words))*400*time.Millisecond {
			t.Errorf("received %v", got)
		}
		mem.Cut()
		events := rest(t, reader)
		if got := subtitletest.Finals(events); got != strings.Join(words, " ") {
			t.Errorf("finals %q", got)
		}
		for i, e := range events {
			if e.Seq != int64(i)+1 {
				t.Fatalf("event %d has seq %d", i, e.Seq)
			}
			if e.Code == "gap" {
				t.Error("the broken link left a gap")
			}
		}
		must(t, reader.Close())
		must(t, source.Close())
	})
}

func TestSourceThatStaysAwayIsDetached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := &subtitletest.Listener{}
		service := local(t, listener)
		client, mem := remote(t, service)
		p, err := client.Create(t.Context(), subtitle.Spec{Language: "en"})
		must(t, err)
		source, err := client.Ingest(t.Context(), p.ID, subtitletest.Format)
		must(t, err)
		must(t, source.Write(t.Context(), listener.Say("hello")))
		source.(*ingest).cancel() // the client's process dies: nobody detaches
		mem.Cut()
		synctest.Wait()
		if got, err := service.Get(t.Context(), p.ID); err != nil || got.State != subtitle.StateLive {
			t.Errorf("at once: %+v, %v", got, err)
		}
		<-time.After(grace + time.Second) // fake time
		if got, err := service.Get(t.Context(), p.ID); err != nil || got.State != subtitle.StateWaiting {
			t.Errorf("after the grace: %+v, %v", got, err)
		}
		must(t, source.Close())
	})
}

func TestServiceThatStaysAwayIsUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := &subtitletest.Listener{}
		client, mem := remote(t, local(t, listener))
		p, err := client.Create(t.Context(), subtitle.Spec{Language: "en"})
		must(t, err)
		reader, err := client.Subscribe(t.Context(), p.ID, 0)
		must(t, err)
		source, err := client.Ingest(t.Context(), p.ID, subtitletest.Format)
		must(t, err)
		mem.Close()
		begin := time.Now()
		if err := source.Write(t.Context(), listener.Say("hello")); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("write: %v", err)
		}
		if took := time.Since(begin); took < transport.RetryFor {
			t.Errorf("gave up after %v", took)
		}
		for err = nil; err == nil; {
			_, err = reader.Next(t.Context())
		}
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("next: %v", err)
		}
		if err := source.End(t.Context()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("end: %v", err)
		}
		must(t, source.Close())
		must(t, reader.Close())
	})
}

func TestSecondSourceOfTheSameSessionTakesOver(t *testing.T) {
	listener := &subtitletest.Listener{}
	client, _ := remote(t, local(t, listener))
	p, err := client.Create(t.Context(), subtitle.Spec{Language: "en"})
	must(t, err)
	opened, err := client.Ingest(t.Context(), p.ID, subtitletest.Format)
	must(t, err)
	source := opened.(*ingest)
	must(t, source.Write(t.Context(), listener.Say("one")))
	l, err := source.dial() // as after a break that the server has not noticed
	must(t, err)
	l.close()
	must(t, source.Write(t.Context(), listener.Say("two.")))
	must(t, source.End(t.Context()))
	reader, err := client.Subscribe(t.Context(), p.ID, 0)
	must(t, err)
	if got := subtitletest.Finals(rest(t, reader)); got != "one two." {
		t.Errorf("finals %q", got)
	}
	must(t, reader.Close())
	must(t, source.Close())
}

func TestCancelledWriteReturns(t *testing.T) {
	client, mem := remote(t, local(t, &subtitletest.Listener{}))
	p, err := client.Create(t.Context(), subtitle.Spec{Language: "en"})
	must(t, err)
	source, err := client.Ingest(t.Context(), p.ID, subtitletest.Format)
	must(t, err)
	mem.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := source.Write(ctx, make([]byte, 3200)); fault.KindOf(err) != fault.Canceled {
		t.Error(err)
	}
	source.(*ingest).cancel()
	must(t, source.Close())
}

// TestServiceThatWasStartedAgainTakesTheSourceUp: the new process knows no sessions; the programme has a gap, but no word is
// lost that the old one did not have.
func TestServiceThatWasStartedAgainTakesTheSourceUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := &subtitletest.Listener{}
		service := local(t, listener)
		opts, err := intercept.HandlerOptions(intercept.Config{})
		must(t, err)
		var handler atomic.Pointer[http.Handler]
		begin := func() *Server {
			s := NewServer(service)
			mux := http.NewServeMux()
			mux.Handle(s.Handler(opts...))
			h := http.Handler(mux)
			handler.Store(&h)
			return s
		}
		first := begin()
		mem := memhttp.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*handler.Load()).ServeHTTP(w, r) }))
		client, err := NewClient(Config{Peer: transport.Config{URL: memhttp.URL, Dial: mem.Dial}})
		must(t, err)
		defer client.Close()
		p, err := client.Create(t.Context(), subtitle.Spec{Language: "en"})
		must(t, err)
		source, err := client.Ingest(t.Context(), p.ID, subtitletest.Format)
		must(t, err)
		must(t, source.Write(t.Context(), listener.Say("before the restart")))
		second := begin()
		mem.Cut()
		first.Close()
		must(t, source.Write(t.Context(), listener.Say("and after it.")))
		must(t, source.End(t.Context()))
		reader, err := client.Subscribe(t.Context(), p.ID, 0)
		must(t, err)
		if got := subtitletest.Finals(rest(t, reader)); got != "before the restart and after it." {
			t.Errorf("finals %q", got)
		}
		must(t, reader.Close())
		must(t, source.Close())
		mem.Close()
		second.Close()
	})
}
