package asr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/asrtest"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/memhttp"
	"github.com/dauys/dauys/services/intercept"
	"github.com/dauys/dauys/services/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// remote serves a recogniser in memory and gives its client.
func remote(t testing.TB, r asr.Recognizer) (*Client, *memhttp.Server) {
	t.Helper()
	opts, err := intercept.HandlerOptions(intercept.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(r)
	mux := http.NewServeMux()
	mux.Handle(server.Handler(opts...))
	web := &http.Server{Handler: mux}
	transport.Serve(web)
	mem := memhttp.Start(web)
	client, err := NewClient(Config{Peer: transport.Config{URL: memhttp.URL, Dial: mem.Dial}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		mem.Close()
		server.Close()
	})
	return client, mem
}

func TestContractIsKeptHereAndOverTheNetwork(t *testing.T) {
	local := func(*testing.T) asr.Recognizer { return &counted{slots: 2} }
	t.Run("local", func(t *testing.T) { asrtest.Run(t, asrtest.Config{New: local, Streams: 2}) })
	t.Run("remote", func(t *testing.T) {
		asrtest.Run(t, asrtest.Config{Streams: 2, New: func(t *testing.T) asr.Recognizer {
			client, _ := remote(t, local(t))
			return client
		}})
	})
}

// clip is a recording of n counted seconds.
type clip struct {
	format audio.Format
	sound  []float32
	fail   error
}

func newClip(seconds int) *clip {
	c := &clip{format: audio.Format{RateHz: audio.RateHz, Channels: 1}}
	for k := range seconds {
		c.sound = append(c.sound, second(k)...)
	}
	return c
}

func (c *clip) Format() audio.Format { return c.format }
func (c *clip) Frames() int64        { return int64(len(c.sound) / c.format.Channels) }
func (c *clip) Read(p []float32) (int, error) {
	if len(c.sound) == 0 && c.fail != nil {
		return 0, c.fail
	}
	if len(c.sound) == 0 {
		return 0, io.EOF
	}
	n := copy(p, c.sound)
	c.sound = c.sound[n:]
	return n, nil
}

func TestRemoteTranscriptIsTheLocalOne(t *testing.T) {
	client, _ := remote(t, &counted{})
	opts := asr.Options{WordTimes: true}
	want, err := (&counted{}).Recognize(t.Context(), newClip(20), opts)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Recognize(t.Context(), newClip(20), opts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSegmentsAndProgressComeAsTheyAreKnown(t *testing.T) {
	client, _ := remote(t, &counted{})
	var segments, progress []string
	tr, err := client.Recognize(t.Context(), newClip(3), asr.Options{
		OnSegment: func(s asr.Segment) error { segments = append(segments, s.Text); return nil },
		Progress:  func(done, total time.Duration) { progress = append(progress, fmt.Sprint(done, "/", total)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if tr.Segments != nil {
		t.Error("the transcript repeats the segments")
	}
	if got := strings.Join(segments, " ") + " " + strings.Join(progress, " "); got != "w0 w1 w2 1s/3s 2s/3s 3s/3s" {
		t.Error(got)
	}
}

func TestRecognizeFailures(t *testing.T) {
	stop := errors.New("enough")
	for _, c := range []struct {
		name string
		src  *clip
		opts asr.Options
		want fault.Kind
		text string
	}{
		{"the service's own refusal", newClip(1), asr.Options{Model: "absent"}, fault.NotFound, "dauys models pull"},
		{"a panic in the engine", newClip(1), asr.Options{Model: "broken"}, fault.Internal, "request"},
		{"a source that fails", &clip{format: audio.Format{RateHz: 16000, Channels: 1}, fail: fault.Errorf("wav.Read", fault.Corrupt, "data chunk ends early")}, asr.Options{}, fault.Corrupt, "ends early"},
		{"options beyond the rules", newClip(1), asr.Options{Beam: 33}, fault.Invalid, "beam"},
		{"no such sample rate", &clip{format: audio.Format{RateHz: 999999, Channels: 1}, sound: make([]float32, 10)}, asr.Options{}, fault.Invalid, "rate_hz"},
		{"a caller that has enough", newClip(5), asr.Options{OnSegment: func(asr.Segment) error { return stop }}, fault.Other, "enough"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := remote(t, &counted{})
			_, err := client.Recognize(t.Context(), c.src, c.opts)
			if err == nil || fault.KindOf(err) != c.want || !strings.Contains(err.Error(), c.text) {
				t.Errorf("kind %v, error %v", fault.KindOf(err), err)
			}
		})
	}
}

func TestAbsentServiceIsUnavailable(t *testing.T) {
	client, mem := remote(t, &counted{})
	mem.Close()
	if _, err := client.Models(t.Context()); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), memhttp.URL) {
		t.Error(err)
	}
	if _, err := client.Stream(t.Context(), asr.StreamOptions{}); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
}

func TestModelsCrossTheNetwork(t *testing.T) {
	client, _ := remote(t, &counted{})
	want, _ := (&counted{}).Models(t.Context())
	got, err := client.Models(t.Context())
	if err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v, %v", got, err)
	}
}

func write(t *testing.T, s asr.Stream, from, to int) {
	t.Helper()
	for k := from; k < to; k++ {
		if err := s.Write(t.Context(), second(k)); err != nil {
			t.Fatal(err)
		}
	}
}

// heard reads hypotheses until one was made of the sound before through.
func heard(t *testing.T, s asr.Stream, through time.Duration) asr.Hypothesis {
	t.Helper()
	for {
		h, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if h.Through >= through {
			return h
		}
	}
}

func line(h asr.Hypothesis) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v-%v", h.From, h.Through)
	for _, w := range h.Words {
		fmt.Fprintf(&b, " %s@%v", w.Text, w.Start)
	}
	return b.String()
}

func TestLiveStreamIsHeardCommittedAndFlushed(t *testing.T) {
	client, _ := remote(t, &counted{})
	s, err := client.Stream(t.Context(), asr.StreamOptions{Languages: []string{"en"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	write(t, s, 0, 3)
	if got := line(heard(t, s, 3*time.Second)); got != "0s-3s w0@0s w1@1s w2@2s" {
		t.Error(got)
	}
	if err := s.Commit(t.Context(), 2*time.Second, []asr.Word{{Text: "w0"}, {Text: "w1"}}); err != nil {
		t.Fatal(err)
	}
	write(t, s, 3, 5)
	if got := line(heard(t, s, 5*time.Second)); got != "2s-5s w2@2s w3@3s w4@4s" {
		t.Error(got)
	}
	if err := s.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if h, err := s.Next(t.Context()); err != nil || !h.Endpoint {
		t.Errorf("the flush: %+v, %v", h, err)
	}
	if err := s.Commit(t.Context(), 5*time.Second, nil); err != nil {
		t.Errorf("commit of the last words: %v", err)
	}
	if _, err := s.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the flush: %v", err)
	}
	if err := s.Write(t.Context(), second(9)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("write after the end: %v", err)
	}
}

func TestBrokenLinkLosesNoUncommittedSound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := &counted{}
		client, mem := remote(t, engine)
		s, err := client.Stream(t.Context(), asr.StreamOptions{Prompt: "news"})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		write(t, s, 0, 4)
		last := heard(t, s, 4*time.Second)
		if err := s.Commit(t.Context(), 2*time.Second, last.Words[:2]); err != nil {
			t.Fatal(err)
		}
		mem.Cut()
		write(t, s, 4, 6)
		h := heard(t, s, 6*time.Second)
		if got := line(h); got != "2s-6s w2@2s w3@3s w4@4s w5@5s" {
			t.Error(got)
		}
		if h.Seq <= last.Seq {
			t.Errorf("hypothesis %d came after %d", h.Seq, last.Seq)
		}
		links := engine.seen()
		if got := links[len(links)-1].Prompt; got != "w0 w1" {
			t.Errorf("the new link has prompt %q", got)
		}
	})
}

func TestServiceThatStaysAwayEndsTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, mem := remote(t, &counted{})
		s, err := client.Stream(t.Context(), asr.StreamOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		mem.Close()
		begin := time.Now()
		if _, err := s.Next(t.Context()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("error %v", err)
		}
		if took := time.Since(begin); took < transport.RetryFor || took > transport.RetryFor+5*time.Second {
			t.Errorf("gave up after %v", took)
		}
		if err := s.Write(t.Context(), second(0)); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("write afterwards: %v", err)
		}
	})
}

func TestNoFreeSlotIsExhaustedAndCloseGivesItBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := remote(t, &counted{slots: 1})
		s, err := client.Stream(t.Context(), asr.StreamOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Stream(t.Context(), asr.StreamOptions{}); fault.KindOf(err) != fault.Exhausted {
			t.Errorf("second stream: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Next(t.Context()); fault.KindOf(err) != fault.Canceled {
			t.Errorf("next after close: %v", err)
		}
		synctest.Wait()
		again, err := client.Stream(t.Context(), asr.StreamOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_ = again.Close()
	})
}

func TestCommitOutsideTheSoundIsRefused(t *testing.T) {
	client, _ := remote(t, &counted{})
	s, err := client.Stream(t.Context(), asr.StreamOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	write(t, s, 0, 2)
	for _, c := range []struct {
		at   time.Duration
		want fault.Kind
	}{{3 * time.Second, fault.Invalid}, {time.Second, fault.Other}, {500 * time.Millisecond, fault.Invalid}} {
		if err := s.Commit(t.Context(), c.at, nil); fault.KindOf(err) != c.want {
			t.Errorf("commit at %v: %v", c.at, err)
		}
	}
}

func TestCancelledNextLeavesTheStreamAlive(t *testing.T) {
	client, _ := remote(t, &counted{})
	s, err := client.Stream(t.Context(), asr.StreamOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Next(ctx); fault.KindOf(err) != fault.Canceled {
		t.Error(err)
	}
	write(t, s, 0, 1)
	heard(t, s, time.Second)
}
