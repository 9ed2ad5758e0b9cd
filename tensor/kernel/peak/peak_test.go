package peak

import (
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
)

func TestHigherLevelsAreNotSlower(t *testing.T) {
	last := 0.0
	for _, l := range kerneltest.Levels() {
		flops := FLOPS(l, kernel.Serial{})
		t.Logf("%v: %.1f GFLOP/s, read %.1f GB/s", l, flops/1e9, Read(l, kernel.Serial{})/1e9)
		if flops < last/2 { // half: the machine may be busy
			t.Errorf("%v reaches %.3g operations a second, the level below %.3g", l, flops, last)
		}
		last = flops
	}
}
