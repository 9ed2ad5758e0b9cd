// Package kernel holds what all kernels share: the CPU levels that variants are written for and the parallel-for that
// they are given. Kernels detect nothing, start no goroutine and allocate nothing after preparation.
package kernel

// Level is a step of the instruction set. Each level includes those below it.
type Level uint8

// The levels; DAUYS_CPU forces one by its name.
const (
	Portable Level = iota // plain Go
	AVX2                  // AVX2, FMA, F16C
	AVX512                // AVX-512 F, BW, DQ, VL
)

// String gives the name as DAUYS_CPU spells it.
func (l Level) String() string { return [...]string{"portable", "avx2", "avx512"}[l] }

// Task is work cut in parts that may run at the same time. A Task is prepared once and run often, so that running
// allocates nothing.
type Task interface {
	// Do runs part. worker (0 .. Pool.Workers()-1) indexes scratch memory that parts running at the same time must not share.
	Do(worker, part int)
}

// Pool runs the parts of a task.
type Pool interface {
	// Workers is how many parts may run at the same time.
	Workers() int
	// Run calls t.Do for the parts 0 .. parts-1, in any order, and returns when all are done. parts = 1 runs inline.
	Run(parts int, t Task)
}

// Serial is a Pool of one worker: the caller.
type Serial struct{}

// Workers is 1.
func (Serial) Workers() int { return 1 }

// Run runs the parts one after another.
func (Serial) Run(parts int, t Task) {
	for i := range parts {
		t.Do(0, i)
	}
}
