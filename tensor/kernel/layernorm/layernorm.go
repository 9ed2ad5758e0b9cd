package layernorm

import "github.com/dauys/dauys/tensor/kernel"

// LayerNorm normalises the rows of a matrix. Set the fields, then Run.
type LayerNorm struct {
	In, Out             []float32 // [rows, width]; Out may be In
	InStride, OutStride int       // elements from row to row
	Gain                []float32 // [width]; nil means 1
	Bias                []float32 // [width]; nil means 0
	eps                 float32
	center              bool
	level               kernel.Level
	rows, width, block  int
	ones, zeros         []float32
}

// New prepares the layer norm of rows of width values, stored densely unless strides are set.
func New(level kernel.Level, rows, width int, eps float32) *LayerNorm {
	return prepare(level, rows, width, eps, true)
}

// NewRMS prepares RMSNorm: the mean is not taken away.
func NewRMS(level kernel.Level, rows, width int, eps float32) *LayerNorm {
	return prepare(level, rows, width, eps, false)
}

func prepare(level kernel.Level, rows, width int, eps float32, center bool) *LayerNorm {
	n := &LayerNorm{
		InStride: width, OutStride: width, eps: eps, center: center, level: level, rows: rows, width: width,
		block: max(1, 8192/max(1, width)), ones: make([]float32, width), zeros: make([]float32, width),
	}
	for i := range n.ones {
		n.ones[i] = 1
	}
	return n
}

// Run normalises all rows.
func (n *LayerNorm) Run(p kernel.Pool) { p.Run((n.rows+n.block-1)/n.block, n) }

// Do normalises one block of rows.
func (n *LayerNorm) Do(_, part int) {
	if n.width == 0 {
		return
	}
	gain, bias := n.Gain, n.Bias
	if gain == nil {
		gain = n.ones
	}
	if bias == nil {
		bias = n.zeros
	}
	for r := part * n.block; r < min(n.rows, (part+1)*n.block); r++ {
		in := n.In[r*n.InStride:][:n.width]
		out := n.Out[r*n.OutStride:][:n.width]
		row(n.level, out, in, gain[:n.width], bias[:n.width], n.eps, n.center)
	}
}
