package kernels

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
)

// Options of the benchmark. The zero value measures the best level with all processors.
type Options struct {
	CPU  cpu.Config // level and threads
	Runs int        // of each operation, at most; 0 = 9
	JSON bool       // one object a line instead of tables
}

// Limit is what the machine can do at a level.
type Limit struct {
	Level   string  `json:"level"`
	Threads int     `json:"threads"`
	GFLOPS  float64 `json:"gflops"` // float32 multiply-adds, two operations each
	ReadGBS float64 `json:"read_gbs"`
}

// Result is one operation.
type Result struct {
	Operation string  `json:"operation"`
	Size      string  `json:"size"`
	Type      string  `json:"type"` // of the weights
	MedianMS  float64 `json:"median_ms"`
	GFLOPS    float64 `json:"gflops,omitempty"` // of the median
	GBS       float64 `json:"gbs,omitempty"`
	Share     float64 `json:"share"`      // of the limit, of the median
	BestShare float64 `json:"best_share"` // of the limit, of the fastest run
}

// Run measures and prints.
func Run(ctx context.Context, out io.Writer, o Options) error {
	const op = "kernels.Run"
	if o.Runs == 0 {
		o.Runs = 9
	}
	if o.Runs < 1 {
		return fault.Errorf(op, fault.Invalid, "%d runs: give a positive number", o.Runs)
	}
	device, err := cpu.New(o.CPU)
	if err != nil {
		return fault.E(op, fault.Other, err)
	}
	defer device.Close()
	level, threads := o.machine()
	p := printer{out: out, json: o.JSON}
	limits := measureLimits(threads)
	if err := p.limits(limits); err != nil {
		return fault.E(op, fault.Other, err)
	}
	limit := limits[slices.IndexFunc(limits, func(l Limit) bool { return l.Level == level && l.Threads == threads })]
	var results []Result
	for _, c := range cases() {
		times, err := c.time(ctx, device, o.Runs)
		if err != nil {
			return fault.Errorf(op, fault.KindOf(err), "%s %s: %w", c.operation, c.size, err)
		}
		results = append(results, c.result(times, limit))
	}
	return fault.E(op, fault.Other, p.results(limit, results))
}

// patience is how long an operation is run again; the portable level takes seconds for some.
const patience = time.Second

// time gives how long each run took, fastest first. A run repeats a short operation until it lasts a millisecond.
func (c *measured) time(ctx context.Context, d tensor.Device, runs int) ([]time.Duration, error) {
	program, err := tensor.Compile(d, c.build)
	if err != nil {
		return nil, err
	}
	s, err := program.NewSession(nil)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if c.fill != nil {
		c.fill(s)
	}
	once := func(repeats int) (time.Duration, error) {
		start := time.Now()
		for range repeats {
			if err := s.Run(ctx, tensor.Batch); err != nil {
				return 0, err
			}
		}
		return time.Since(start) / time.Duration(repeats), nil
	}
	first, err := once(1) // touches the memory
	if err != nil {
		return nil, err
	}
	repeats := max(1, int(time.Millisecond/max(first, time.Microsecond)))
	var times []time.Duration
	for begun := time.Now(); len(times) < runs && (len(times) == 0 || time.Since(begun) < patience); {
		t, err := once(repeats)
		if err != nil {
			return nil, err
		}
		times = append(times, t)
	}
	slices.Sort(times)
	return times, nil
}

func (c *measured) result(times []time.Duration, l Limit) Result {
	median, best := times[len(times)/2].Seconds(), times[0].Seconds()
	r := Result{Operation: c.operation, Size: c.size, Type: c.typ, MedianMS: 1000 * median}
	if c.flops > 0 {
		r.GFLOPS = c.flops / median / 1e9
		r.Share, r.BestShare = r.GFLOPS/l.GFLOPS, c.flops/best/1e9/l.GFLOPS
	}
	if c.bytes > 0 {
		r.GBS = c.bytes / median / 1e9
		if c.flops == 0 {
			r.Share, r.BestShare = r.GBS/l.ReadGBS, c.bytes/best/1e9/l.ReadGBS
		}
	}
	return r
}
