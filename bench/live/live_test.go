package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/bench/live"
	"github.com/dauys/dauys/bench/mix"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/policy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// steady hears a word a second, which ends 800 ms into its second, and needs delay for each hypothesis.
type steady struct {
	first time.Duration // where the first word begins in a stream
	delay time.Duration
}

func word(n int, from time.Duration) asr.Word {
	start := from + time.Duration(n)*time.Second
	return asr.Word{Text: fmt.Sprintf("word%d", n), Start: start, End: start + 800*time.Millisecond, Confidence: 1}
}

// Recognize hears the words of a recording from its beginning.
func (s steady) Recognize(_ context.Context, src audio.Source, _ asr.Options) (*asr.Transcript, error) {
	length := audio.Duration(src.(audio.Sized).Frames(), audio.RateHz)
	var words []asr.Word
	for n := 0; time.Duration(n)*time.Second+800*time.Millisecond <= length; n++ {
		words = append(words, word(n, 0))
	}
	return &asr.Transcript{Segments: []asr.Segment{{Words: words}}}, nil
}

// Models lists none.
func (s steady) Models(context.Context) ([]asr.ModelInfo, error) { return nil, nil }

// Stream hears what is written.
func (s steady) Stream(context.Context, asr.StreamOptions) (asr.Stream, error) {
	return &hearing{steady: s, news: make(chan time.Duration, 10000), closed: make(chan struct{})}, nil
}

type hearing struct {
	steady
	heard  time.Duration
	news   chan time.Duration // moments of the audio at which a hypothesis is due
	closed chan struct{}
}

func (h *hearing) Write(_ context.Context, samples []float32) error {
	before := h.heard
	h.heard += audio.Duration(int64(len(samples)), audio.RateHz)
	if h.heard.Truncate(500*time.Millisecond) != before.Truncate(500*time.Millisecond) {
		h.news <- h.heard
	}
	return nil
}

func (h *hearing) CloseWrite() error { close(h.news); return nil }

func (h *hearing) Next(ctx context.Context) (asr.Hypothesis, error) {
	var now time.Duration
	select {
	case at, more := <-h.news:
		if !more {
			return asr.Hypothesis{}, io.EOF
		}
		now = at
	case <-h.closed:
		return asr.Hypothesis{}, context.Canceled
	case <-ctx.Done():
		return asr.Hypothesis{}, ctx.Err()
	}
	timer := time.NewTimer(h.delay)
	defer timer.Stop()
	<-timer.C
	y := asr.Hypothesis{Through: now, Speech: true, Language: "en", Compute: h.delay}
	for n := 0; ; n++ {
		w := word(n, h.first)
		if w.End > now {
			return y, nil
		}
		y.Words = append(y.Words, w)
	}
}

func (h *hearing) Commit(context.Context, time.Duration, []asr.Word) error { return nil }

func (h *hearing) Close() error {
	select {
	case <-h.closed:
	default:
		close(h.closed)
	}
	return nil
}

func TestLagIsThatOfTheRecogniserAndThePolicy(t *testing.T) {
	rec, err := mix.New(t.Context(), mix.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		r := steady{first: rec.Clips[0].Start, delay: 100 * time.Millisecond}
		err := live.Run(t.Context(), &out, r, live.Options{
			Minutes: 0.5, JSON: true, Policies: []policy.Config{{Agreement: policy.LocalAgreement}, {Agreement: policy.AlignAtt}},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d reports, want one a policy:\n%s", len(lines), out.String())
	}
	for _, line := range lines {
		var report live.Report
		if err := json.Unmarshal([]byte(line), &report); err != nil {
			t.Fatal(err)
		}
		if report.Words == 0 || report.Matched < report.Words-1 || report.LostFinals != 0 || report.Missing != 0 {
			t.Errorf("%+v", report)
		}
		// A word waits for the next of the hypotheses, 0.5 s apart, and for its computation.
		if p := report.Partial; p.MedianS < 0.1 || p.MedianS > 1.3 || p.P95S < p.MedianS || report.Final.MedianS < p.MedianS {
			t.Errorf("partial %+v, final %+v", p, report.Final)
		}
		if report.ComputeS != 0.1 || report.Steps == 0 {
			t.Errorf("%d steps of %v s", report.Steps, report.ComputeS)
		}
	}
}

func TestTableStatesTheTargets(t *testing.T) {
	var out bytes.Buffer
	rec, err := mix.New(t.Context(), mix.Config{})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		if err := live.Run(t.Context(), &out, steady{first: rec.Clips[0].Start}, live.Options{Minutes: 0.5}); err != nil {
			t.Fatal(err)
		}
	})
	for _, want := range []string{"partial lag, median", "1.50 s", "changed words", "each clip on its own"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
}

func TestNegativeMinutesAreRefused(t *testing.T) {
	if err := live.Run(t.Context(), io.Discard, steady{}, live.Options{Minutes: -1}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid", err)
	}
}
