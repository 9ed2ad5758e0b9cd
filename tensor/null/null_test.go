package null_test

import (
	"testing"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/null"
	"github.com/dauys/dauys/tensor/tensortest"
)

func TestModelsCompileWithoutValues(t *testing.T) {
	w := &tensor.Param{Name: "w", Shape: []int{2048, 512}} // no Load
	p, err := tensor.Compile(null.Device{}, func(g *tensor.Graph) {
		g.Output("y", g.Input("x", tensor.F32, 1500, 512).Linear(w, nil).GELU().Softmax())
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := 1500 * 2048 * 4; p.ArenaBytes() != want {
		t.Errorf("the arena has %d bytes, want %d", p.ArenaBytes(), want)
	}
	if s := tensortest.Block(t, compileOnly{}, 2); s == nil {
		t.Error("no session")
	}
}

// compileOnly gives sessions host memory, so that inputs can be filled.
type compileOnly struct{ null.Device }

// NewBuffer gives real memory.
func (compileOnly) NewBuffer(t tensor.DType, shape ...int) *tensor.Buffer {
	return tensor.HostBuffer(t, shape...)
}
