package nn

import "github.com/dauys/dauys/tensor"

// Linear is x w^T + b.
type Linear struct {
	Weight *tensor.Param `weight:"weight"`        // [out, in]
	Bias   *tensor.Param `weight:"bias,optional"` // [out]
}

// Forward maps x [.., in] to [.., out].
func (l *Linear) Forward(x *tensor.Tensor) *tensor.Tensor { return x.Linear(l.Weight, l.Bias) }

// LayerNorm normalises rows to mean 0 and variance 1 (Ba et al. 2016).
type LayerNorm struct {
	Gain *tensor.Param `weight:"weight"`        // [width]
	Bias *tensor.Param `weight:"bias,optional"` // [width]
	Eps  float32       // 0: 1e-5, PyTorch's default
}

// Forward maps x [.., width] to the same shape.
func (n *LayerNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	return x.LayerNorm(n.Gain, n.Bias, orEps(n.Eps, 1e-5))
}

// RMSNorm divides rows by their root mean square (Zhang and Sennrich 2019).
type RMSNorm struct {
	Gain *tensor.Param `weight:"weight"` // [width]
	Eps  float32       // 0: 1e-6
}

// Forward maps x [.., width] to the same shape.
func (n *RMSNorm) Forward(x *tensor.Tensor) *tensor.Tensor {
	return x.RMSNorm(n.Gain, orEps(n.Eps, 1e-6))
}

func orEps(eps, fallback float32) float32 {
	if eps == 0 {
		return fallback
	}
	return eps
}

// Conv1d is a convolution over time of time-major data.
type Conv1d struct {
	Weight  *tensor.Param `weight:"weight"`        // [out, in/groups, taps]
	Bias    *tensor.Param `weight:"bias,optional"` // [out]
	Options tensor.Conv1dOptions
}

// Forward maps x [batch, time, in] to [batch, time', out].
func (c *Conv1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return x.Conv1d(c.Weight, c.Bias, c.Options)
}

// Embedding is a table of rows.
type Embedding struct {
	Weight *tensor.Param `weight:"weight"` // [rows, width]
}

// Forward maps ids i32 [..] to [.., width].
func (e *Embedding) Forward(ids *tensor.Tensor) *tensor.Tensor { return ids.Embedding(e.Weight) }

// Logits maps x [.., width] to [.., rows]: the output layer that shares the table (Press and Wolf 2017).
func (e *Embedding) Logits(x *tensor.Tensor) *tensor.Tensor { return x.Linear(e.Weight, nil) }
