// Package tensor is the runtime that every model runs on: a model's Forward records operations on tensors, Compile turns
// the record into an immutable Program, and a Session runs it without allocating.
//
//	dev, err := cpu.New(cpu.Config{})
//	prog, err := tensor.Compile(dev, func(g *tensor.Graph) {
//		x := g.Input("x", tensor.F32, rows, 512)
//		g.Output("y", model.Forward(x))
//	})
//	s, err := prog.NewSession(nil)
//	copy(s.F32("x"), samples)
//	err = s.Run(ctx, tensor.Live)
//	use(s.F32("y"))
//
// Compile does, in this order:
//
//	record     build runs once; every shape error shows up here, with the weight's name (graph.go and the operations)
//	simplify   idle operations dropped (simplify.go), what depends on weights alone computed once (fold.go)
//	fuse       element-wise chains become one operation; bias, activation, residual and padding go into the products
//	           (fuse.go); query, key and value run as one task (siblings.go)
//	layout     reshapes, transposes and slices become strided views; what a kernel cannot read is copied (layout.go)
//	select     the device prepares a kernel for each operation and packs its weights once (Device.Select)
//	plan       one arena holds all temporaries, by liveness (plan.go)
//
// Shapes are row-major, innermost dimension last; time-major where there is time: [batch, time, channels]. Shapes are
// known when a program is compiled: lengths that grow are values (Lengths of attention), not shapes.
//
// A row's result depends, to the bit, neither on the other rows, nor on how many there are, nor on the number of threads.
//
// The device interface lies in device.go. A device is a package: tensor/cpu computes, tensor/null only checks.
package tensor
