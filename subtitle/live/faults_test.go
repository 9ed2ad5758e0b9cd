package live_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/live"
	"github.com/dauys/dauys/subtitle/subtitletest"
)

// stage is a service in a bubble of testing/synctest, where time passes only while everybody waits.
type stage struct {
	*testing.T
	listener *subtitletest.Listener
	cfg      live.Config
	service  *live.Service
}

// play runs test in a bubble.
func play(t *testing.T, l *subtitletest.Listener, change func(*live.Config), test func(*stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{T: t, listener: l, cfg: live.Config{Listener: l, Log: &memory.Log{}, Registry: &memory.Registry{}, Decode: decode}}
		if change != nil {
			change(&s.cfg)
		}
		s.start()
		defer s.stop()
		test(s)
	})
}

func (s *stage) start() {
	s.Helper()
	var err error
	if s.service, err = live.New(s.Context(), s.cfg); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) stop() {
	s.Helper()
	if err := s.service.Close(context.Background()); err != nil {
		s.Error(err)
	}
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) create(spec subtitle.Spec) string {
	s.Helper()
	p, err := s.service.Create(s.Context(), spec)
	s.must(err)
	return p.ID
}

func (s *stage) ingest(id string) subtitle.Ingest {
	s.Helper()
	in, err := s.service.Ingest(s.Context(), id, subtitletest.Format)
	s.must(err)
	return in
}

// speak sends text at the pace of speech, in messages of 100 ms.
func (s *stage) speak(in subtitle.Ingest, text string) {
	s.Helper()
	const message = 3200
	for pcm := s.listener.Say(text); len(pcm) > 0; {
		n := min(len(pcm), message)
		s.must(in.Write(s.Context(), pcm[:n]))
		pcm = pcm[n:]
		time.Sleep(100 * time.Millisecond) // of the bubble: no time passes outside
	}
}

// events reads all events so far.
func (s *stage) events(id string) []subtitle.Event {
	s.Helper()
	synctest.Wait()
	last, err := s.cfg.Log.Last(s.Context(), id)
	s.must(err)
	r, err := s.cfg.Log.Read(s.Context(), id, 0)
	s.must(err)
	defer r.Close()
	var all []subtitle.Event
	for int64(len(all)) < last {
		e, err := r.Next(s.Context())
		s.must(err)
		all = append(all, e)
	}
	return all
}

func (s *stage) wantFinals(id, want string) []subtitle.Event {
	s.Helper()
	events := s.events(id)
	if got := subtitletest.Finals(events); got != want {
		s.Errorf("\n got %q\nwant %q", got, want)
	}
	return events
}

// wantCodes checks the status and error codes, and that the end event is last where it is wanted.
func (s *stage) wantCodes(events []subtitle.Event, want string) {
	s.Helper()
	var codes []string
	for _, e := range events {
		switch e.Type {
		case subtitle.EventStatus:
			codes = append(codes, e.Code)
		case subtitle.EventError:
			codes = append(codes, "error:"+e.Code)
		case subtitle.EventEnd:
			codes = append(codes, "end")
		}
	}
	if got := strings.Join(codes, " "); got != want {
		s.Errorf("\n got codes %s\nwant codes %s", got, want)
	}
}

func TestProgrammeWithoutSourceEndsAfterFiveMinutes(t *testing.T) {
	play(t, &subtitletest.Listener{}, nil, func(s *stage) {
		id := s.create(subtitle.Spec{})
		time.Sleep(4*time.Minute + 59*time.Second)
		in := s.ingest(id)
		s.speak(in, "just in time")
		s.must(in.Close())
		time.Sleep(5*time.Minute - time.Second)
		s.wantCodes(s.events(id), "waiting live gap waiting")
		time.Sleep(2 * time.Second)
		s.wantCodes(s.wantFinals(id, "just in time"), "waiting live gap waiting error:timeout end")
		if _, err := s.service.Ingest(s.Context(), id, subtitletest.Format); fault.KindOf(err) != fault.Invalid {
			t.Errorf("ingest after the end: %v", err)
		}
	})
}

func TestBrokenRecogniserHearsItsSoundAgain(t *testing.T) {
	l := &subtitletest.Listener{FailAfter: []time.Duration{1500 * time.Millisecond, 2 * time.Second}}
	play(t, l, nil, func(s *stage) {
		const text = "We are here today. The roads are open and nobody came"
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.speak(in, text)
		s.must(in.End(s.Context()))
		s.wantCodes(s.wantFinals(id, text), "waiting live recogniser_lost recogniser_back recogniser_lost recogniser_back end")
		if l.Streams() != 3 {
			t.Errorf("%d streams, want 3", l.Streams())
		}
	})
}

func TestRecogniserIsTriedUntilItHasASlot(t *testing.T) {
	full := fault.Errorf("asr.Stream", fault.Exhausted, "no slot")
	play(t, &subtitletest.Listener{Refuse: []error{full, full, full}}, nil, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.speak(in, "early words are kept")
		s.must(in.End(s.Context()))
		s.wantCodes(s.wantFinals(id, "early words are kept"), "waiting live recogniser_lost recogniser_back end")
	})
}

func TestUnusableRecogniserEndsTheProgramme(t *testing.T) {
	missing := fault.Errorf("asr.Stream", fault.NotFound, "no model m: dauys models pull m")
	play(t, &subtitletest.Listener{Refuse: []error{missing}}, nil, func(s *stage) {
		id := s.create(subtitle.Spec{Model: "m"})
		in := s.ingest(id)
		s.must(in.Write(s.Context(), s.listener.Say("hello")))
		events := s.events(id)
		s.wantCodes(events, "waiting live gap error:not_found end")
		if m := events[len(events)-2].Message; !strings.Contains(m, "models pull") {
			t.Errorf("message %q", m)
		}
		if err := in.Write(s.Context(), s.listener.Say("hello")); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("write after the end: %v", err)
		}
	})
}

func TestSoundBeyondWhatIsKeptIsAMarkedGap(t *testing.T) {
	// The first stream hears 90 s of one endless word, so that nothing can be committed, and breaks.
	l := &subtitletest.Listener{FailAfter: []time.Duration{90 * time.Second}}
	play(t, l, func(c *live.Config) { c.Policy.Force = time.Hour }, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		hum := s.listener.Say("hum")[:200] // no silence in it
		for range 900 {
			s.must(in.Write(s.Context(), []byte(strings.Repeat(string(hum), 16))))
			time.Sleep(100 * time.Millisecond)
		}
		s.speak(in, "after all")
		s.must(in.End(s.Context()))
		events := s.events(id)
		s.wantCodes(events, "waiting live recogniser_lost gap recogniser_back end")
		for _, e := range events {
			if e.Code == "gap" && (e.Start != 0 || e.End < 29*time.Second || e.End > 31*time.Second) {
				t.Errorf("gap %v..%v, want the first 30 of 90 seconds", e.Start, e.End)
			}
		}
		if got := subtitletest.Finals(events); !strings.HasSuffix(got, "after all") {
			t.Errorf("finals %q", got)
		}
	})
}

func TestSlowRecogniserIsToldAndLosesNothing(t *testing.T) {
	words := strings.Repeat("a b c d e f g h i j. ", 10)
	play(t, &subtitletest.Listener{Slow: 1.5}, func(c *live.Config) { c.EndWithin = -1 }, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.speak(in, words+"... ...")
		s.must(in.End(s.Context()))
		s.wantCodes(s.wantFinals(id, strings.TrimSpace(words)), "waiting live lagging caught_up end")
	})
}

func TestHungRecogniserIsTold(t *testing.T) {
	play(t, &subtitletest.Listener{Slow: 1e6}, nil, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.speak(in, strings.Repeat("a b c d e ", 4))
		s.wantCodes(s.events(id), "waiting live lagging")
		s.must(in.Close())
	})
}

func TestSoundThatBreaksEveryRecogniserIsGivenUp(t *testing.T) {
	bad := make([]time.Duration, 6)
	for i := range bad {
		bad[i] = 300 * time.Millisecond // before the first hypothesis
	}
	play(t, &subtitletest.Listener{FailAfter: bad}, nil, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.speak(in, strings.Repeat("poison ", 60)+"... after all")
		s.must(in.End(s.Context()))
		events := s.events(id)
		if got := subtitletest.Finals(events); !strings.HasSuffix(got, "after all") {
			t.Errorf("finals %q", got)
		}
		s.wantCodes(slices.DeleteFunc(events, func(e subtitle.Event) bool { // told or not, as the clock falls
			return e.Code == "lagging" || e.Code == "caught_up"
		}), "waiting live recogniser_lost gap recogniser_back end")
	})
}

func TestSilenceIsNotKept(t *testing.T) {
	l := &subtitletest.Listener{FailAfter: []time.Duration{100 * time.Second}}
	play(t, l, nil, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.speak(in, "before "+strings.Repeat("... ", 110)+"after")
		s.must(in.End(s.Context()))
		s.wantCodes(s.wantFinals(id, "before after"), "waiting live recogniser_lost recogniser_back end")
	})
}

func TestFastClientIsHeldBackAndIsNoLag(t *testing.T) {
	words := strings.Repeat("a b c d e f g h i j. ", 30)
	play(t, &subtitletest.Listener{Slow: 0.5}, func(c *live.Config) { c.EndWithin = -1 }, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		pcm, start := s.listener.Say(words), time.Now()
		s.must(in.Write(s.Context(), pcm))
		if d := time.Since(start); d < 40*time.Second {
			t.Errorf("two minutes of sound were taken in %v: the queue has no bound", d)
		}
		s.must(in.End(s.Context()))
		s.wantCodes(s.wantFinals(id, strings.TrimSpace(words)), "waiting live end")
	})
}

func TestWriteThatWaitsEndsWithItsContext(t *testing.T) {
	play(t, &subtitletest.Listener{Slow: 100}, nil, func(s *stage) {
		in := s.ingest(s.create(subtitle.Spec{}))
		ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
		defer cancel()
		if err := in.Write(ctx, s.listener.Say(strings.Repeat("a b c d e ", 30))); fault.KindOf(err) != fault.Timeout {
			t.Errorf("write: %v", err)
		}
		s.must(in.Close())
	})
}

func TestEndTakesTenSecondsAtMost(t *testing.T) {
	play(t, &subtitletest.Listener{Slow: 100}, nil, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.must(in.Write(s.Context(), s.listener.Say("one two three four")))
		start := time.Now()
		s.must(in.End(s.Context()))
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("end took %v", d)
		}
		s.wantCodes(s.events(id), "waiting live gap end")
	})
}

func TestStoppedServiceIsTakenUpByTheNext(t *testing.T) {
	play(t, &subtitletest.Listener{Slow: 0.01}, nil, func(s *stage) {
		id := s.create(subtitle.Spec{Language: "ru"})
		in := s.ingest(id)
		s.speak(in, "We are here today. And some")
		start := time.Now()
		s.stop()
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("stopping took %v", d)
		}
		if err := in.Write(s.Context(), s.listener.Say("late")); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("write to a stopped service: %v", err)
		}
		s.must(in.Close())
		before := s.wantFinals(id, "We are here today. And some")
		s.wantCodes(before, "waiting live stopping")

		s.start()
		p, err := s.service.Get(s.Context(), id)
		s.must(err)
		if p.State != subtitle.StateWaiting || p.Received != 2400*time.Millisecond {
			t.Errorf("after the restart: %+v", p)
		}
		r, err := s.service.Subscribe(s.Context(), id, before[len(before)-1].Seq)
		s.must(err)
		defer r.Close()
		in = s.ingest(id)
		s.speak(in, "more words.")
		s.must(in.End(s.Context()))
		events := s.wantFinals(id, "We are here today. And some more words.")
		s.wantCodes(events, "waiting live stopping restarted waiting live end")
		ids := map[string]string{}
		for _, e := range events {
			if e.Final && ids[e.Segment] != "" {
				t.Errorf("segment %s is %q and %q", e.Segment, ids[e.Segment], e.Text)
			}
			if e.Final {
				ids[e.Segment] = e.Text
			}
			if e.Text == "more words." && e.Start != 2400*time.Millisecond {
				t.Errorf("the timeline went on at %v", e.Start)
			}
		}
		if e, err := r.Next(s.Context()); err != nil || e.Seq != before[len(before)-1].Seq+1 {
			t.Errorf("a reader across the restart: %+v, %v", e, err)
		}
	})
}

func TestCrashedServiceLeavesNothingOpen(t *testing.T) {
	play(t, &subtitletest.Listener{}, nil, func(s *stage) {
		at := time.Now().UTC()
		s.must(s.cfg.Registry.Put(s.Context(), subtitle.Programme{
			ID: "p", State: subtitle.StateLive, Created: at,
			Spec: subtitle.Spec{Source: subtitle.SourceWebSocket, Language: "en"},
		}))
		s.must(s.cfg.Log.Append(s.Context(), "p", 0, []subtitle.Event{
			{
				Seq: 1, Type: subtitle.EventSegment, Segment: "s7", Revision: 3, Language: "en", Text: "half a", Stable: 1,
				End: time.Second, Time: at, Words: []subtitle.Word{{Text: "half", Final: true}, {Text: "a"}},
			},
		}))
		s.stop()
		s.start()
		events := s.wantFinals("p", "half a")
		s.wantCodes(events, "restarted waiting")
		if e := events[1]; e.Revision != 4 || e.Stable != 2 || !e.Words[1].Final {
			t.Errorf("closed segment: %+v", e)
		}
		in := s.ingest("p")
		s.speak(in, "new words")
		s.must(in.End(s.Context()))
		s.wantFinals("p", "half a new words")
	})
}

func TestFullDiskDelaysEventsAndLosesNone(t *testing.T) {
	log := &brokenLog{Log: &memory.Log{}}
	play(t, &subtitletest.Listener{}, func(c *live.Config) { c.Log = log }, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.speak(in, "We are here today.")
		log.full(true)
		s.speak(in, "Nobody sees this")
		seen := len(s.events(id))
		time.Sleep(time.Second)
		if n := len(s.events(id)); n != seen {
			t.Errorf("%d events came out of a full log", n-seen)
		}
		log.full(false)
		s.must(in.End(s.Context()))
		s.wantFinals(id, "We are here today. Nobody sees this")
	})
}

// brokenLog is a log whose disk can be full.
type brokenLog struct {
	subtitle.Log
	mu     sync.Mutex
	isFull bool
}

func (l *brokenLog) full(is bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isFull = is
}

func (l *brokenLog) Append(ctx context.Context, p string, last int64, events []subtitle.Event) error {
	l.mu.Lock()
	is := l.isFull
	l.mu.Unlock()
	if is {
		return fault.Errorf("log.Append", fault.Exhausted, "no space left on device")
	}
	return l.Log.Append(ctx, p, last, events)
}

func TestFencedWriterStops(t *testing.T) {
	play(t, &subtitletest.Listener{}, nil, func(s *stage) {
		id := s.create(subtitle.Spec{})
		in := s.ingest(id)
		s.speak(in, "mine")
		last := s.events(id)
		n := last[len(last)-1].Seq
		s.must(s.cfg.Log.Append(s.Context(), id, n, []subtitle.Event{{Seq: n + 1, Type: subtitle.EventStatus, Code: "other"}}))
		err := in.Write(s.Context(), s.listener.Say("more and more"))
		time.Sleep(time.Minute)
		if err == nil {
			err = in.Write(s.Context(), s.listener.Say("more"))
		}
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("write: %v", err)
		}
		if events := s.events(id); events[len(events)-1].Code != "other" {
			t.Errorf("a fenced writer wrote %+v", events[len(events)-1])
		}
	})
}

func TestSlowReaderGetsEveryEvent(t *testing.T) {
	play(t, &subtitletest.Listener{}, func(c *live.Config) { c.EndWithin = -1 }, func(s *stage) {
		id := s.create(subtitle.Spec{})
		r, err := s.service.Subscribe(s.Context(), id, 0)
		s.must(err)
		defer r.Close()
		in := s.ingest(id)
		s.must(in.Write(s.Context(), s.listener.Say(strings.Repeat("a b c d e f g h i j. ", 200))))
		s.must(in.End(s.Context()))
		want := int64(1)
		for ; ; want++ {
			e, err := r.Next(s.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			s.must(err)
			if e.Seq != want {
				t.Fatalf("event %d, want %d", e.Seq, want)
			}
		}
		if want < 2000 {
			t.Errorf("only %d events: the reader was never behind", want)
		}
	})
}

// recording is a source of 16 kHz sound.
type recording struct {
	pcm []byte
	err error // at its end, instead of io.EOF
}

func (r *recording) Format() audio.Format { return audio.Format{RateHz: audio.RateHz, Channels: 1} }

func (r *recording) Read(p []float32) (int, error) {
	if len(r.pcm) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		return 0, io.EOF
	}
	n := min(len(p), len(r.pcm)/2)
	samples, err := (&subtitletest.PCM{}).Decode(r.pcm[:2*n])
	r.pcm = r.pcm[2*n:]
	return copy(p, samples), err
}

func TestDemoPlaysAtThePaceOfSpeech(t *testing.T) {
	l := &subtitletest.Listener{}
	open := func(context.Context, subtitle.Spec) (audio.Source, error) {
		return &recording{pcm: l.Say("a b c d e f g h i j")}, nil
	}
	play(t, l, func(c *live.Config) { c.Open = open }, func(s *stage) {
		id := s.create(subtitle.Spec{Source: subtitle.SourceDemo})
		time.Sleep(3500 * time.Millisecond)
		s.wantCodes(s.events(id), "waiting live")
		if _, err := s.service.Ingest(s.Context(), id, subtitletest.Format); fault.KindOf(err) != fault.Exists {
			t.Errorf("ingest into a demo: %v", err)
		}
		time.Sleep(time.Second)
		s.wantCodes(s.wantFinals(id, "a b c d e f g h i j"), "waiting live end")
	})
}

func TestShutdownIsNoLossOfADemosSource(t *testing.T) {
	l, logged := &subtitletest.Listener{}, &strings.Builder{}
	open := func(context.Context, subtitle.Spec) (audio.Source, error) {
		return &recording{pcm: l.Say("a b c d e f g h i j")}, nil
	}
	change := func(c *live.Config) { c.Open, c.Logger = open, slog.New(slog.NewTextHandler(logged, nil)) }
	play(t, l, change, func(s *stage) {
		id := s.create(subtitle.Spec{Source: subtitle.SourceDemo})
		time.Sleep(2 * time.Second)
		s.stop()
		s.wantCodes(s.events(id), "waiting live stopping")
		if logged.Len() > 0 {
			t.Errorf("logged %s", logged)
		}
		s.start()
	})
}

func TestBrokenURLIsOpenedAgain(t *testing.T) {
	l := &subtitletest.Listener{}
	opened := 0
	open := func(context.Context, subtitle.Spec) (audio.Source, error) {
		opened++
		switch opened {
		case 1:
			return &recording{pcm: l.Say("before it broke"), err: io.ErrUnexpectedEOF}, nil
		case 2:
			return nil, fault.Errorf("open", fault.Unavailable, "no route")
		}
		return &recording{pcm: l.Say("and after")}, nil
	}
	play(t, l, func(c *live.Config) { c.Open = open }, func(s *stage) {
		id := s.create(subtitle.Spec{Source: subtitle.SourceURL, URL: "https://a.example/live"})
		time.Sleep(time.Minute)
		s.wantCodes(s.wantFinals(id, "before it broke and after"), "waiting live gap waiting live end")
	})
}

func TestForbiddenURLEndsTheProgramme(t *testing.T) {
	open := func(context.Context, subtitle.Spec) (audio.Source, error) {
		return nil, fault.Errorf("open", fault.Denied, "private address")
	}
	play(t, &subtitletest.Listener{}, func(c *live.Config) { c.Open = open }, func(s *stage) {
		id := s.create(subtitle.Spec{Source: subtitle.SourceURL, URL: "http://10.0.0.1/"})
		time.Sleep(time.Second)
		events := s.events(id)
		s.wantCodes(events[len(events)-2:], "error:denied end")
	})
}

func TestLagIsMeasuredForEveryWord(t *testing.T) {
	var mu sync.Mutex
	lags := map[bool][]time.Duration{}
	record := func(final bool, lag time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		lags[final] = append(lags[final], lag)
	}
	play(t, &subtitletest.Listener{}, func(c *live.Config) { c.Lag = record }, func(s *stage) {
		in := s.ingest(s.create(subtitle.Spec{}))
		s.speak(in, "a b c d e f")
		s.must(in.End(s.Context()))
		for _, final := range []bool{false, true} {
			if len(lags[final]) != 6 {
				t.Errorf("%d lags of 6 words", len(lags[final]))
			}
			most := 600 * time.Millisecond
			if final {
				most += time.Second // the policy's margin
			}
			for i, lag := range lags[final] {
				if lag < 0 || lag > most || final && lag < lags[false][i] {
					t.Errorf("word %d: lag %v, final %v", i, lag, final)
				}
			}
		}
	})
}

func TestConfigNeedsItsParts(t *testing.T) {
	if _, err := live.New(t.Context(), live.Config{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("empty configuration: %v", err)
	}
}

func TestSoundThatIsNoNumberIsRefused(t *testing.T) {
	play(t, &subtitletest.Listener{}, func(c *live.Config) {
		c.Decode = func(subtitle.AudioFormat) (live.Decoder, error) { return nan{}, nil }
	}, func(s *stage) {
		in := s.ingest(s.create(subtitle.Spec{}))
		if err := in.Write(s.Context(), []byte{1}); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("NaN: %v", err)
		}
	})
}

type nan struct{}

func (nan) Decode([]byte) ([]float32, error) {
	zero := float32(0)
	return []float32{zero / zero}, nil
}
func (nan) Flush() ([]float32, error) { return nil, nil }
