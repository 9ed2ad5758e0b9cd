package cpu

import (
	"fmt"
	"runtime"

	"github.com/klauspost/cpuid/v2"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/kernel"
)

// Config chooses how to compute. The zero Config detects everything.
type Config struct {
	Level   string // "portable", "avx2" or "avx512" (DAUYS_CPU); "" is the best that the machine has
	Threads int    // parts of an operation that run at the same time; 0 is GOMAXPROCS
	Weights Weights
}

// Weights says in which type matrices are kept.
type Weights uint8

// The choices. f16, bf16 and i8 sources stay as they are; arithmetic is f32 always.
const (
	KeepSource Weights = iota // f32 stays f32
	HalfFloat                 // f32 is rounded to f16: half the memory and half the time of a decoder step
	FullFloat                 // f16 and bf16 become f32, for comparisons; twice the memory
)

// Detect gives the highest level that processor and operating system support.
func Detect() kernel.Level {
	switch {
	case cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.AVX2, cpuid.FMA3, cpuid.F16C):
		return kernel.AVX512
	case cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3, cpuid.F16C):
		return kernel.AVX2
	}
	return kernel.Portable
}

// Levels lists the levels that this machine can run, the lowest first.
func Levels() []kernel.Level {
	var all []kernel.Level
	for l := kernel.Portable; l <= Detect(); l++ {
		all = append(all, l)
	}
	return all
}

// level resolves Config.Level.
func (c Config) level() (kernel.Level, error) {
	best := Detect()
	if c.Level == "" {
		return best, nil
	}
	for l := kernel.Portable; l <= kernel.AVX512; l++ {
		if l.String() != c.Level {
			continue
		}
		if l > best {
			return 0, fault.Errorf("cpu.New", fault.Unsupported, "this machine lacks %s: its best level is %s", l, best)
		}
		return l, nil
	}
	return 0, fault.E("cpu.New", fault.Invalid,
		fmt.Errorf("unknown CPU level %q: use portable, avx2 or avx512, or none for the best", c.Level))
}

func (c Config) threads() (int, error) {
	if c.Threads < 0 {
		return 0, fault.Errorf("cpu.New", fault.Invalid, "%d threads: give a positive number, or 0 for all processors", c.Threads)
	}
	if c.Threads == 0 {
		return runtime.GOMAXPROCS(0), nil
	}
	return c.Threads, nil
}
