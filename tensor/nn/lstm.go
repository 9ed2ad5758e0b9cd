package nn

import "github.com/dauys/dauys/tensor"

// LSTM is one step of a long short-term memory (Hochreiter and Schmidhuber 1997) with PyTorch's layout: the gates input,
// forget, cell, output lie one after another in the rows of the weights (torch.nn.LSTMCell).
type LSTM struct {
	WeightIH *tensor.Param `weight:"weight_ih"`        // [4 hidden, in]
	WeightHH *tensor.Param `weight:"weight_hh"`        // [4 hidden, hidden]
	BiasIH   *tensor.Param `weight:"bias_ih,optional"` // [4 hidden]
	BiasHH   *tensor.Param `weight:"bias_hh,optional"` // [4 hidden]
}

// Forward maps x [batch, in] and the states h, c [batch, hidden] to the next states; the new h is the output too.
func (l *LSTM) Forward(x, h, c *tensor.Tensor) (hNext, cNext *tensor.Tensor) {
	gates := x.Linear(l.WeightIH, l.BiasIH).Add(h.Linear(l.WeightHH, l.BiasHH))
	n := h.Dim(-1)
	gate := func(i int) *tensor.Tensor { return gates.Slice(-1, i*n, (i+1)*n) }
	in, forget, cell, out := gate(0).Sigmoid(), gate(1).Sigmoid(), gate(2).Tanh(), gate(3).Sigmoid()
	cNext = forget.Mul(c).Add(in.Mul(cell))
	return out.Mul(cNext.Tanh()), cNext
}
