package conv1d

import (
	"fmt"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/matmul"
)

// Options are a convolution's parameters. The zero value means stride 1, no padding, dilation 1, one group.
type Options struct {
	Stride, Dilation, Groups int
	Before, After            int // zero rows before and after the signal
}

func (o Options) filled() Options {
	o.Stride, o.Dilation, o.Groups = max(o.Stride, 1), max(o.Dilation, 1), max(o.Groups, 1)
	return o
}

// Steps is the length of the output for a signal of some length.
func (o Options) Steps(time, taps int) int {
	o = o.filled()
	n := time + o.Before + o.After - o.Dilation*(taps-1) - 1
	if n < 0 {
		return 0
	}
	return n/o.Stride + 1
}

// Weight is a packed weight.
type Weight struct {
	Out, In, Taps, Groups int

	group     []*matmul.Packed // one a group
	depthwise []float32        // [taps][out] instead, where every group has one channel in and one out
}

// Pack packs a weight [out, in/groups, taps] of type src, as models store it (little endian), to be kept as dst. scale is one factor
// an output where src is I8. in counts all input channels. Depthwise weights are kept as f32.
func Pack(l kernel.Level, pool kernel.Pool, dst, src matmul.Type, weight []byte, out, in, taps, groups int, scale []float32) (*Weight, error) {
	groups = max(groups, 1)
	if out < 0 || in < 0 || taps < 0 || out%groups != 0 || in%groups != 0 {
		return nil, fmt.Errorf("conv1d: bad weight: out %d, in %d, taps %d, groups %d", out, in, taps, groups)
	}
	width, size := in/groups, src.Size()
	if need := out * width * taps * size; len(weight) < need {
		return nil, fmt.Errorf("conv1d: weight has %d bytes, need %d", len(weight), need)
	}
	if src == matmul.I8 && len(scale) < out {
		return nil, fmt.Errorf("conv1d: i8 weight has %d scales, need %d", len(scale), out)
	}
	w := &Weight{Out: out, In: in, Taps: taps, Groups: groups}
	rows := tapsFirst(weight, out, width, taps, size)
	if groups > 1 && groups == in && groups == out {
		w.packDepthwise(l, src, rows, scale)
		return w, nil
	}
	n := out / groups
	for g := range groups {
		part := rows[g*n*taps*width*size:]
		var s []float32
		if src == matmul.I8 {
			s = scale[g*n:]
		}
		p, err := matmul.Pack(l, pool, dst, src, part, n, taps*width, s)
		if err != nil {
			return nil, err
		}
		w.group = append(w.group, p)
	}
	return w, nil
}

// tapsFirst turns [out, width, taps] into [out, taps, width].
func tapsFirst(weight []byte, out, width, taps, size int) []byte {
	if taps == 1 {
		return weight
	}
	rows := make([]byte, out*width*taps*size)
	for o := range out {
		src, dst := weight[o*width*taps*size:], rows[o*width*taps*size:]
		for c := range width {
			for t := range taps {
				copy(dst[(t*width+c)*size:][:size], src[(c*taps+t)*size:][:size])
			}
		}
	}
	return rows
}

// Bytes is the memory that the weight takes.
func (w *Weight) Bytes() int {
	n := 4 * len(w.depthwise)
	for _, p := range w.group {
		n += p.Bytes()
	}
	return n
}

// Args describes a convolution.
type Args struct {
	Options
	Batch int       // signals; 0 means 1
	Time  int       // rows of each signal
	X     []float32 // [Batch, Time, W.In]
	W     *Weight
	Y     []float32 // [Batch, Steps, W.Out]

	Bias     []float32 // [W.Out], or nil
	Act      matmul.Activation
	Residual []float32 // like Y, added last, or nil
}

// Conv is a convolution prepared to run often; running it allocates nothing.
type Conv struct {
	args  Args
	steps int
	group []*matmul.Mul
	deep  *depthwise
}

// New prepares a convolution. Products and convolutions that share a Scratch must not run at the same time.
func New(l kernel.Level, scratch *matmul.Scratch, args Args) (*Conv, error) {
	if args.W == nil {
		return nil, fmt.Errorf("conv1d: no weight")
	}
	args.Options = args.filled()
	args.Batch = max(args.Batch, 1)
	if args.Groups != args.W.Groups {
		return nil, fmt.Errorf("conv1d: %d groups, but the weight has %d", args.Groups, args.W.Groups)
	}
	if args.Time < 0 || args.Before < 0 || args.After < 0 {
		return nil, fmt.Errorf("conv1d: bad time %d or padding %d, %d", args.Time, args.Before, args.After)
	}
	c := &Conv{args: args, steps: args.Steps(args.Time, args.W.Taps)}
	if err := c.check(); err != nil {
		return nil, err
	}
	if args.W.depthwise != nil {
		c.deep = &depthwise{Conv: c, level: l, convolve: convolver(l)}
		return c, nil
	}
	for g := range args.Groups {
		m, err := matmul.New(l, scratch, c.product(g))
		if err != nil {
			return nil, err
		}
		c.group = append(c.group, m)
	}
	return c, nil
}

// check compares the lengths of the memory with the shapes.
func (c *Conv) check() error {
	a := &c.args
	if need := a.Batch * a.Time * a.W.In; len(a.X) < need {
		return fmt.Errorf("conv1d: signal has %d values, need %d", len(a.X), need)
	}
	need := a.Batch * c.steps * a.W.Out
	if len(a.Y) < need {
		return fmt.Errorf("conv1d: output has %d values, need %d", len(a.Y), need)
	}
	if a.Residual != nil && len(a.Residual) < need {
		return fmt.Errorf("conv1d: residual has %d values, need %d", len(a.Residual), need)
	}
	if a.Bias != nil && len(a.Bias) < a.W.Out {
		return fmt.Errorf("conv1d: bias has %d values, need %d", len(a.Bias), a.W.Out)
	}
	return nil
}

// product describes group g as a matrix product.
func (c *Conv) product(g int) matmul.Args {
	a, w := &c.args, c.args.W
	width, n := w.In/w.Groups, w.Out/w.Groups
	p := matmul.Args{
		M: c.steps, LDA: a.Stride * w.In, B: w.group[g],
		LDC: w.Out, LDR: w.Out, Act: a.Act,
		Batch: a.Batch, StrideA: a.Time * w.In, StrideC: c.steps * w.Out, StrideR: c.steps * w.Out,
	}
	p.A, p.C, p.Residual = c.operands(g)
	if last := (c.steps-1)*a.Stride + w.Taps; w.Groups > 1 || a.Dilation > 1 || a.Before > 0 || last > a.Time {
		p.Window = &matmul.Window{ // else a window lies in the signal as a row of A
			Time: a.Time, Channels: w.In, Taps: w.Taps, Width: width,
			Stride: a.Stride, Pad: a.Before, Dilation: a.Dilation,
		}
	}
	if a.Bias != nil {
		p.Bias = a.Bias[g*n:]
	}
	return p
}

// operands gives where group g reads and writes.
func (c *Conv) operands(g int) (x, y, residual []float32) {
	a, w := &c.args, c.args.W
	x, y, residual = from(a.X, g*w.In/w.Groups), from(a.Y, g*w.Out/w.Groups), a.Residual
	if residual != nil {
		residual = from(residual, g*w.Out/w.Groups)
	}
	return x, y, residual
}

func from(x []float32, i int) []float32 { return x[min(i, len(x)):] }

// Steps is the length of the output.
func (c *Conv) Steps() int { return c.steps }

// Rebind gives the convolution other memory of the same shapes; residual is ignored where it has none.
func (c *Conv) Rebind(x, y, residual []float32) error {
	if c.args.Residual == nil {
		residual = nil
	} else if residual == nil {
		return fmt.Errorf("conv1d: the convolution was prepared with a residual")
	}
	c.args.X, c.args.Y, c.args.Residual = x, y, residual
	if err := c.check(); err != nil {
		return err
	}
	for g, m := range c.group {
		x, y, residual := c.operands(g)
		if err := m.Rebind(x, nil, y, residual); err != nil {
			return err
		}
	}
	return nil
}

// Run computes the output.
func (c *Conv) Run(pool kernel.Pool) {
	if c.deep != nil {
		if n := c.deep.parts(); n > 0 {
			pool.Run(n, c.deep)
		}
		return
	}
	for _, m := range c.group {
		m.Run(pool)
	}
}
