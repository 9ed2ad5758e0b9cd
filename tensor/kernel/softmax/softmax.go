package softmax

import "github.com/dauys/dauys/tensor/kernel"

// Softmax normalises each row of a matrix. Set In and Out, then Run.
type Softmax struct {
	In, Out             []float32 // [rows, width]; Out may be In
	InStride, OutStride int       // elements from row to row
	level               kernel.Level
	rows, width, block  int
	log                 bool
}

// New prepares softmax (or log-softmax, if log) of rows of width values, stored densely unless strides are set.
func New(level kernel.Level, rows, width int, log bool) *Softmax {
	return &Softmax{
		InStride: width, OutStride: width, level: level, rows: rows, width: width,
		block: max(1, 8192/max(1, width)), log: log,
	}
}

// Run normalises all rows.
func (s *Softmax) Run(p kernel.Pool) { p.Run((s.rows+s.block-1)/s.block, s) }

// Do normalises one block of rows.
func (s *Softmax) Do(_, part int) {
	for r := part * s.block; r < min(s.rows, (part+1)*s.block); r++ {
		in := s.In[r*s.InStride:][:s.width]
		out := s.Out[r*s.OutStride:][:s.width]
		if s.log {
			LogRow(s.level, out, in)
		} else {
			Row(s.level, out, in)
		}
	}
}
