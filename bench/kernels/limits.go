package kernels

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/dauys/dauys/tensor/cpu"
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/peak"
)

// machine resolves the level and the threads that the options choose.
func (o Options) machine() (level string, threads int) {
	level, threads = o.CPU.Level, o.CPU.Threads
	if level == "" {
		level = cpu.Detect().String()
	}
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return level, threads
}

// measureLimits measures each level of this machine with one thread and with many.
func measureLimits(threads int) []Limit {
	teams := []int{1}
	if threads > 1 {
		teams = append(teams, threads)
	}
	var all []Limit
	for _, l := range cpu.Levels() {
		for _, n := range teams {
			all = append(all, Limit{l.String(), n, peak.FLOPS(l, team(n)) / 1e9, peak.Read(l, team(n)) / 1e9})
		}
	}
	return all
}

// team is a pool for the limits: a goroutine a worker, all gone when Run returns.
type team int

// Workers is the number of goroutines.
func (n team) Workers() int { return int(n) }

// Run shares the parts out.
func (n team) Run(parts int, t kernel.Task) {
	var next atomic.Int64
	var group sync.WaitGroup
	for worker := range int(n) {
		group.Go(func() {
			for part := int(next.Add(1)) - 1; part < parts; part = int(next.Add(1)) - 1 {
				t.Do(worker, part)
			}
		})
	}
	group.Wait()
}
