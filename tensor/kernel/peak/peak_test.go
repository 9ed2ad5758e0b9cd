package peak

import (
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"golang.org/x/sys/cpu"
)

func levels() []kernel.Level {
	l := []kernel.Level{kernel.Portable}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		l = append(l, kernel.AVX2)
	}
	if cpu.X86.HasAVX512F {
		l = append(l, kernel.AVX512)
	}
	return l
}

func TestHigherLevelsAreNotSlower(t *testing.T) {
	last := 0.0
	for _, l := range levels() {
		flops := FLOPS(l, kernel.Serial{})
		t.Logf("%v: %.1f GFLOP/s, read %.1f GB/s", l, flops/1e9, Read(l, kernel.Serial{})/1e9)
		if flops < last/2 { // half: the machine may be busy
			t.Errorf("%v reaches %.3g operations a second, the level below %.3g", l, flops, last)
		}
		last = flops
	}
}
