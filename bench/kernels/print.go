package kernels

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// printer writes tables or JSON lines.
type printer struct {
	out  io.Writer
	json bool
}

func (p printer) limits(all []Limit) error {
	if p.json {
		return lines(p.out, all)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "level\tthreads\tmultiply-adds\treading memory")
	for _, l := range all {
		fmt.Fprintf(w, "%s\t%d\t%.0f GFLOP/s\t%.1f GB/s\n", l.Level, l.Threads, l.GFLOPS, l.ReadGBS)
	}
	return w.Flush()
}

func (p printer) results(l Limit, all []Result) error {
	if p.json {
		return lines(p.out, all)
	}
	fmt.Fprintf(p.out, "\nlevel %s, threads %d\n", l.Level, l.Threads)
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "operation\tsize\tweights\tmedian\trate\tof the limit\tbest run")
	for _, r := range all {
		rate := fmt.Sprintf("%.1f GB/s", r.GBS)
		if r.GFLOPS > 0 {
			rate = fmt.Sprintf("%.0f GFLOP/s", r.GFLOPS)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.3f ms\t%s\t%.0f %%\t%.0f %%\n", r.Operation, r.Size, r.Type, r.MedianMS, rate, 100*r.Share, 100*r.BestShare)
	}
	return w.Flush()
}

// lines writes one object a line.
func lines[T any](out io.Writer, all []T) error {
	e := json.NewEncoder(out)
	for _, v := range all {
		if err := e.Encode(v); err != nil {
			return err
		}
	}
	return nil
}
