package pointwise

import (
	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/vmath"
)

const (
	chunk = 1024  // values that a step handles at once: 4 KiB a value
	block = 16384 // values in a part
)

// Array is an input or the output: a slice and, for [rows, cols], the elements from row to row.
type Array struct {
	Data   []float32
	Stride int
}

// Pointwise is a program prepared for a shape. Set In and Out, then Run.
type Pointwise struct {
	In         []Array // as Program.Inputs
	Out        Array   // may be one of the full inputs
	level      kernel.Level
	program    Program
	rows, cols int // as given
	shape      shape
	slot       []int
	workers    []worker
}

// worker is the scratch of one worker.
type worker struct {
	values [][]float32 // by number, for the current chunk
	temps  [][]float32
	rows   [][]float32 // by input: a chunk filled with a row's value
	filled []int       // by input: which row that is
}

// New prepares a program for [rows, cols] and a pool of so many workers. Arrays are dense unless a Stride is set.
func New(level kernel.Level, p Program, rows, cols, workers int) (*Pointwise, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	w := &Pointwise{In: make([]Array, len(p.Inputs)), level: level, program: p, rows: rows, cols: cols}
	for i := range w.In {
		w.In[i].Stride = cols
	}
	w.Out.Stride = cols
	slots, n := p.slots()
	w.slot = slots
	for range workers {
		w.workers = append(w.workers, newWorker(p, n, min(chunk, cols)))
	}
	return w, nil
}

func newWorker(p Program, temps, row int) worker {
	w := worker{
		values: make([][]float32, len(p.Inputs)+len(p.Steps)), temps: make([][]float32, temps),
		rows: make([][]float32, len(p.Inputs)), filled: make([]int, len(p.Inputs)),
	}
	for i := range w.temps {
		w.temps[i] = make([]float32, chunk)
	}
	for i, k := range p.Inputs {
		if k == Rows {
			w.rows[i] = make([]float32, row)
		}
	}
	return w
}

// shape is how the elements are walked in one run.
type shape struct{ rows, cols, rowBlock, columns int } // columns: parts in a row

// walk gives the shape of a run: one long row where nothing is strided or shared.
func (w *Pointwise) walk() shape {
	rows, cols := w.rows, w.cols
	dense := w.Out.Stride == cols
	for i, k := range w.program.Inputs {
		dense = dense && k == Full && w.In[i].Stride == cols
	}
	if dense {
		rows, cols = min(rows, 1), rows*cols
	}
	return shape{rows, cols, max(1, block/max(1, cols)), (cols + block - 1) / block}
}

// Run computes all elements.
func (w *Pointwise) Run(p kernel.Pool) {
	w.shape = w.walk()
	p.Run((w.shape.rows+w.shape.rowBlock-1)/w.shape.rowBlock*w.shape.columns, w)
}

// Do computes one part.
func (w *Pointwise) Do(worker, part int) {
	s, shape := &w.workers[worker], &w.shape
	for i := range s.filled {
		s.filled[i] = -1
	}
	first, from := part/shape.columns*shape.rowBlock, part%shape.columns*block
	to := min(shape.cols, from+block)
	for r := first; r < min(shape.rows, first+shape.rowBlock); r++ {
		for c := from; c < to; c += chunk {
			w.chunk(s, r, c, min(chunk, to-c))
		}
	}
}

// chunk computes n elements of row r from column c.
func (w *Pointwise) chunk(s *worker, r, c, n int) {
	for i, k := range w.program.Inputs {
		switch a := &w.In[i]; k {
		case Full:
			s.values[i] = a.Data[r*a.Stride+c:][:n]
		case Columns:
			s.values[i] = a.Data[c:][:n]
		case Rows:
			s.values[i] = s.fill(i, r, a.Data[r])[:n]
		}
	}
	inputs, last := len(w.program.Inputs), len(w.program.Steps)-1
	for i, step := range w.program.Steps {
		var out []float32
		if i == last {
			out = w.Out.Data[r*w.Out.Stride+c:][:n]
		} else {
			out = s.temps[w.slot[i]][:n]
		}
		w.step(step, out, s.values)
		s.values[inputs+i] = out
	}
}

// fill gives a chunk of the value of row r of input i.
func (s *worker) fill(i, r int, value float32) []float32 {
	if s.filled[i] != r {
		for j := range s.rows[i] {
			s.rows[i][j] = value
		}
		s.filled[i] = r
	}
	return s.rows[i]
}

func (w *Pointwise) step(s Step, out []float32, values [][]float32) {
	a := values[s.A]
	switch s.Op {
	case Add, Sub, Mul, Div:
		binary(w.level, s.Op, out, a, values[s.B])
	case Exp:
		vmath.Exp(w.level, out, a)
	case Log:
		vmath.Log(w.level, out, a)
	case Tanh:
		vmath.Tanh(w.level, out, a)
	case Sigmoid:
		vmath.Sigmoid(w.level, out, a)
	case GELU:
		vmath.GELU(w.level, out, a)
	case GELUTanh:
		vmath.GELUTanh(w.level, out, a)
	case SiLU:
		vmath.SiLU(w.level, out, a)
	default:
		unary(w.level, s.Op, out, a, s.X, s.Y)
	}
}
