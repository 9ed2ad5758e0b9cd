package live

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dauys/dauys/bench/mix"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/lag"
	"github.com/dauys/dauys/subtitle/policy"
	"github.com/dauys/dauys/text/wer"
)

// Report is what one run showed. Times are in seconds.
type Report struct {
	Policy  string  `json:"policy"`
	AudioS  float64 `json:"audio_s"`
	Words   int     `json:"words"`   // of the final text
	Matched int     `json:"matched"` // of them, words whose end in the audio is known
	Partial Lag     `json:"partial"`
	Final   Lag     `json:"final"`

	Changed    float64 `json:"changed_share"`   // shown words replaced or removed, over Words
	Respelled  float64 `json:"respelled_share"` // shown words of which only case or punctuation changed
	LostFinals int     `json:"lost_finals"`
	Missing    int     `json:"missing_words"` // spoken words absent in runs of lag.Run and more
	Retracted  int     `json:"retracted_segments"`
	Segments   int     `json:"segments"`
	Events     int     `json:"events"`
	Late       int     `json:"lagging_events"` // how often viewers were told that subtitles come late

	WER        float64 `json:"wer"`
	OfflineWER float64 `json:"offline_wer"` // of the clips one by one, beam 5

	Steps       int     `json:"steps"`
	WindowS     float64 `json:"window_median_s"`
	ComputeS    float64 `json:"compute_median_s"` // from the newest sample's arrival to the hypothesis
	ComputeP95S float64 `json:"compute_p95_s"`
	Loops       int     `json:"loops"`
	CPUPerAudio float64 `json:"cpu_per_audio"` // seconds of CPU a second of audio
	PeakRSSMB   int64   `json:"peak_rss_mb"`   // of the process so far
}

// Lag summarises the lag of words.
type Lag struct {
	MedianS     float64 `json:"median_s"`
	P95S        float64 `json:"p95_s"`
	FirstThirdS float64 `json:"first_third_s"` // median
	LastThirdS  float64 `json:"last_third_s"`
}

func summarise(points []lag.Point) Lag {
	first, last := lag.Trend(points)
	return Lag{lag.Quantile(points, 0.5).Seconds(), lag.Quantile(points, 0.95).Seconds(), first.Seconds(), last.Seconds()}
}

func (r run) report(rec *mix.Recording, t *truth) Report {
	m := lag.Measure(r.arrivals, t.spoken)
	out := Report{
		Policy: name(r.policy), AudioS: rec.Duration().Seconds(), Words: len(m.Text), Matched: m.Matched,
		Partial: summarise(m.Partial), Final: summarise(m.Final), Changed: m.ChangedShare(), LostFinals: m.LostFinals,
		Missing: m.Missing, Retracted: m.Retracted, Events: len(r.arrivals), OfflineWER: t.offline.Rate(),
		WER: wer.Count(t.texts, wer.Words(strings.Join(m.Text, " "))).Rate(), Steps: len(r.steps),
		CPUPerAudio: r.cpu.Seconds() / rec.Duration().Seconds(), PeakRSSMB: r.peakRSS >> 20,
	}
	if len(m.Text) > 0 {
		out.Respelled = float64(m.Respelled) / float64(len(m.Text))
	}
	for _, a := range r.arrivals {
		if a.Event.Type == subtitle.EventSegment && a.Event.Final {
			out.Segments++
		}
		if a.Event.Code == "lagging" {
			out.Late++
		}
	}
	out.cost(r.steps)
	return out
}

// cost sums up what the steps took.
func (r *Report) cost(steps []step) {
	if len(steps) == 0 {
		return
	}
	windows, computes := make([]time.Duration, len(steps)), make([]time.Duration, len(steps))
	for i, s := range steps {
		windows[i], computes[i] = s.window, s.compute
		if s.loop {
			r.Loops++
		}
	}
	slices.Sort(windows)
	slices.Sort(computes)
	r.WindowS = windows[len(windows)/2].Seconds()
	r.ComputeS = computes[len(computes)/2].Seconds()
	r.ComputeP95S = computes[len(computes)*95/100].Seconds()
}

func name(p policy.Config) string {
	if p.Agreement == "" {
		return "default"
	}
	return string(p.Agreement)
}

// table prints the runs side by side, with what issue 3 asks for.
func table(out io.Writer, reports []Report) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(what, want string, value func(Report) string) {
		fmt.Fprintf(w, "%s\t%s", what, want)
		for _, r := range reports {
			fmt.Fprintf(w, "\t%s", value(r))
		}
		fmt.Fprintln(w)
	}
	seconds := func(s float64) string { return fmt.Sprintf("%.2f s", s) }
	percent := func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }
	line("policy", "at most", func(r Report) string { return r.Policy })
	line("partial lag, median", "1.50 s", func(r Report) string { return seconds(r.Partial.MedianS) })
	line("partial lag, p95", "", func(r Report) string { return seconds(r.Partial.P95S) })
	line("final lag, median", "3.00 s", func(r Report) string { return seconds(r.Final.MedianS) })
	line("final lag, p95", "5.00 s", func(r Report) string { return seconds(r.Final.P95S) })
	line("final lag, first third", "", func(r Report) string { return seconds(r.Final.FirstThirdS) })
	line("final lag, last third", "the same", func(r Report) string { return seconds(r.Final.LastThirdS) })
	line("changed words", "15.0 %", func(r Report) string { return percent(r.Changed) })
	line("  case or punctuation only", "", func(r Report) string { return percent(r.Respelled) })
	line("lost final words", "0", func(r Report) string { return fmt.Sprint(r.LostFinals) })
	line("missing words", "0", func(r Report) string { return fmt.Sprint(r.Missing) })
	line("word errors", "", func(r Report) string { return percent(r.WER) })
	line("  clips one by one, beam 5", "", func(r Report) string { return percent(r.OfflineWER) })
	line("words, of which timed", "", func(r Report) string { return fmt.Sprintf("%d, %d", r.Words, r.Matched) })
	line("segments, retracted", "", func(r Report) string { return fmt.Sprintf("%d, %d", r.Segments, r.Retracted) })
	line("steps, looping", "", func(r Report) string { return fmt.Sprintf("%d, %d", r.Steps, r.Loops) })
	line("window, median", "", func(r Report) string { return seconds(r.WindowS) })
	line("sound to hypothesis, median, p95", "", func(r Report) string {
		return seconds(r.ComputeS) + ", " + seconds(r.ComputeP95S)
	})
	line("CPU a second of audio", "", func(r Report) string { return seconds(r.CPUPerAudio) })
	line("peak RSS", "", func(r Report) string { return fmt.Sprintf("%d MB", r.PeakRSSMB) })
	line("audio", "", func(r Report) string { return seconds(r.AudioS) })
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "\nLag is from the end of a word in the audio to the event that shows it; ends of words come from transcribing\n"+
		"each clip on its own (beam 5, aligned), matched to the live text by least edits.")
	return err
}
