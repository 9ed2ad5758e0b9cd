// Package cpu is the device that computes on this machine's processor.
//
//	dev, err := cpu.New(cpu.Config{})            // the best level, all processors
//	defer dev.Close()
//
// One run at a time has the processor; it splits each operation over a fixed pool of workers. Between operations it makes
// room for runs of a higher priority (gate.go). Workers sleep when there is nothing to do; between the operations of a run
// they look for work for some microseconds before they sleep (pool.go). Small operations run on the caller.
//
// Weights are packed once for each *tensor.Param and live as long as a program uses them (weights.go). Temporaries lie in
// arenas that all programs share: as many as there are runs at the same time, at most (arena.go).
//
// A kernel is prepared once a program and bound to a session's memory before each operation, so sessions are small and
// running allocates nothing. The level (kernel.Level) is detected here and nowhere else.
package cpu
