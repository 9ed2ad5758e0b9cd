package cpu_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
	"github.com/dauys/dauys/tensor/tensortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open starts a device that ends with the test.
func open(t testing.TB, c cpu.Config) *cpu.Device {
	t.Helper()
	d, err := cpu.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func TestConformance(t *testing.T) {
	for _, level := range cpu.Levels() {
		t.Run(level.String(), func(t *testing.T) {
			tensortest.RunAll(t, open(t, cpu.Config{Level: level.String(), Threads: 2}))
		})
	}
}

func TestRowsDependOnNothingElse(t *testing.T) {
	for _, level := range cpu.Levels() {
		t.Run(level.String(), func(t *testing.T) {
			start := func(threads int) tensor.Device { return open(t, cpu.Config{Level: level.String(), Threads: threads}) }
			tensortest.RunRows(t, start)
			tensortest.RunSequences(t, start)
		})
	}
}
