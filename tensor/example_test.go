package tensor_test

import (
	"context"
	"fmt"
	"log"
	"unsafe"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
	"github.com/dauys/dauys/tensor/nn"
)

// values makes a weight of numbers in memory; models bind theirs from files with tensor/weights.
func values(name string, shape []int, v ...float32) *tensor.Param {
	raw := unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v))
	return &tensor.Param{Name: name, Shape: shape, Load: func() ([]byte, error) { return raw, nil }}
}

// A layer is recorded, compiled into one step, and run by a session.
func Example() {
	dev, err := cpu.New(cpu.Config{Threads: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Close()
	layer := nn.Linear{Weight: values("weight", []int{2, 3}, 1, 0, -1, 2, 2, 2), Bias: values("bias", []int{2}, 0.5, -20)}
	program, err := tensor.Compile(dev, func(g *tensor.Graph) {
		x := g.Input("x", tensor.F32, 1, 3)
		g.Output("y", layer.Forward(x).ReLU())
	})
	if err != nil {
		log.Fatal(err)
	}
	session, err := program.NewSession(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	copy(session.F32("x"), []float32{3, 4, 1})
	if err := session.Run(context.Background(), tensor.Live); err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.F32("y"))
	// Output: [2.5 0]
}
