package live

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/bench/mix"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/lag"
	"github.com/dauys/dauys/subtitle/policy"
)

// Options of the benchmark. The zero value runs the default policy on the demonstration recording for 3 minutes.
type Options struct {
	Data     string          // reference recordings, see mix.Config
	Minutes  float64         // of sound, 0 = 3; whole clips
	Policies []policy.Config // one after another; none = the default one
	Model    string          // "" = the recogniser's default
	Language string          // kk, ru or en; "" = detected
	Step     time.Duration   // between hypotheses, 0 = the recogniser's default
	Beam     int             // 0 = greedy
	JSON     bool            // one object a line instead of a table
	// Arrivals, where set, gets each run's events, for a closer look.
	Arrivals func(policy.Config, []lag.Arrival)
}

// Run measures and prints.
func Run(ctx context.Context, out io.Writer, r asr.Recognizer, o Options) error {
	const op = "live.Run"
	if o.Minutes == 0 {
		o.Minutes = 3
	}
	if o.Minutes < 0 {
		return fault.Errorf(op, fault.Invalid, "%v minutes: give a positive number", o.Minutes)
	}
	if o.Language == "" {
		o.Language = "auto"
	}
	if len(o.Policies) == 0 {
		o.Policies = []policy.Config{{}}
	}
	rec, err := mix.New(ctx, mix.Config{Data: o.Data, Least: time.Duration(o.Minutes * float64(time.Minute))})
	if err != nil {
		return err
	}
	if err := warm(ctx, r, o, rec); err != nil {
		return err
	}
	reports := make([]Report, len(o.Policies))
	runs := make([]run, len(o.Policies))
	for i, p := range o.Policies {
		if runs[i], err = measure(ctx, r, o, p, rec); err != nil {
			return fault.E(op, fault.Other, err)
		}
		if o.Arrivals != nil {
			o.Arrivals(p, runs[i].arrivals)
		}
	}
	t, err := listen(ctx, r, o.Model, rec)
	if err != nil {
		return fault.E(op, fault.Other, err)
	}
	for i, run := range runs {
		reports[i] = run.report(rec, t)
	}
	return fault.E(op, fault.Other, show(out, reports, o.JSON))
}

// warm loads the model and lets it hear a clip, so that the run measures neither loading nor first use.
func warm(ctx context.Context, r asr.Recognizer, o Options, rec *mix.Recording) error {
	c := rec.Clips[0]
	end := min(c.End, c.Start+10*time.Second)
	_, err := r.Recognize(ctx, mix.NewSource(rec.Sound(c.Start, end)), asr.Options{Model: o.Model, Languages: []string{c.Language}, Beam: 1})
	return err
}

// run is one policy's run.
type run struct {
	policy   policy.Config
	arrivals []lag.Arrival
	steps    []step
	wall     time.Duration
	cpu      time.Duration
	peakRSS  int64
}

func measure(ctx context.Context, r asr.Recognizer, o Options, p policy.Config, rec *mix.Recording) (run, error) {
	l := &listener{recognizer: r, step: o.Step, beam: o.Beam}
	began, busy := time.Now(), cpuTime()
	arrivals, err := play(ctx, l, p, rec, o.Language)
	return run{policy: p, arrivals: arrivals, steps: l.steps, wall: time.Since(began), cpu: cpuTime() - busy, peakRSS: peakRSS()}, err
}

func show(out io.Writer, reports []Report, asJSON bool) error {
	if !asJSON {
		return table(out, reports)
	}
	e := json.NewEncoder(out)
	for _, r := range reports {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
