package cpu

import (
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
)

type idle struct{}

func (idle) Do(int, int) {}

// BenchmarkPool measures what it costs to spread an operation over the workers.
func BenchmarkPool(b *testing.B) {
	p := newPool(2)
	defer p.close()
	var t kernel.Task = idle{}
	for b.Loop() {
		p.Run(8, t)
	}
}
