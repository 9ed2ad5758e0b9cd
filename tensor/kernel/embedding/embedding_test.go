package embedding_test

import (
	"fmt"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
	"github.com/dauys/dauys/tensor/kernel/embedding"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
)

// tables stores the same numbers in each type and says how well they survive.
func tables(level kernel.Level, x []float32, width int) (tables map[string]embedding.Table, tolerance map[string]float64) {
	half, brain, small := make([]uint16, len(x)), make([]uint16, len(x)), make([]int8, len(x))
	convert.F32ToF16(level, half, x)
	convert.F32ToBF16(level, brain, x)
	var scales []float32
	for at := 0; at < len(x) && width > 0; at += width {
		scales = append(scales, convert.F32ToI8(small[at:at+width], x[at:at+width]))
	}
	return map[string]embedding.Table{"f32": {F32: x}, "f16": {F16: half}, "bf16": {BF16: brain}, "i8": {I8: small, Scales: scales}},
		map[string]float64{"f32": 1e-7, "f16": 1e-3, "bf16": 1e-2, "i8": 5e-2}
}

func TestRowsAreGatheredFromEachType(t *testing.T) {
	const entries = 50
	ids := []int32{3, 0, 49, 3, -1, 50, 7}
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, width := range []int{0, 1, 17, 384} {
			x, positions := kerneltest.Normal(entries*width, 1), kerneltest.Normal(9*width, 2)
			all, tolerance := tables(level, x, width)
			for name, table := range all {
				t.Run(fmt.Sprint(width, name), func(t *testing.T) {
					e := embedding.New(level, len(ids), entries, width)
					e.Table, e.IDs, e.Out, e.Scale = table, ids, make([]float32, len(ids)*width), 2
					e.Add, e.At = positions, []int32{0, 1, 2, 8, 8, 7, 0}
					e.Run(kerneltest.Parallel(2))
					want := make([]float64, len(e.Out))
					for i := range want {
						r, c := i/width, i%width
						want[i] = float64(positions[int(e.At[r])*width+c])
						if id := int(ids[r]); id >= 0 && id < entries {
							want[i] += 2 * float64(x[id*width+c])
						}
					}
					kerneltest.Close(t, e.Out, want, 2*tolerance[name])
					if n := testing.AllocsPerRun(1, func() { e.Run(kernel.Serial{}) }); n != 0 {
						t.Errorf("Run allocates %v times", n)
					}
				})
			}
		}
	})
}

func TestWithoutPlacesRowIAddsEntryI(t *testing.T) {
	e := embedding.New(kernel.Portable, 2, 2, 1)
	e.Table.F32, e.IDs, e.Add, e.Out = []float32{1, 2}, []int32{1, 0}, []float32{10, 20}, make([]float32, 2)
	e.Run(kernel.Serial{})
	kerneltest.Same(t, e.Out, []float32{12, 21})
}
