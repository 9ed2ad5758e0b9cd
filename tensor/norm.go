package tensor

// LayerNorm normalises the rows of t [.., n] to mean 0 and variance 1, then gives x gain + bias (Ba et al. 2016).
// gain and bias are [n] or nil.
func (t *Tensor) LayerNorm(gain, bias *Param, eps float32) *Tensor {
	t.wantRows("layer norm")
	wantVector("layer norm", gain, t.Dim(-1))
	wantVector("layer norm", bias, t.Dim(-1))
	return t.g.record(&Op{Kind: KindLayerNorm, In: []*Tensor{t}, Params: []*Param{gain, bias}, Attr: Norm{eps}}, F32, t.shape...)
}

// RMSNorm divides the rows of t [.., n] by their root mean square, then multiplies by gain [n] or nil (Zhang and Sennrich 2019).
func (t *Tensor) RMSNorm(gain *Param, eps float32) *Tensor {
	t.wantRows("rms norm")
	wantVector("rms norm", gain, t.Dim(-1))
	return t.g.record(&Op{Kind: KindRMSNorm, In: []*Tensor{t}, Params: []*Param{gain}, Attr: Norm{eps}}, F32, t.shape...)
}

// Softmax gives e^(x - max) / sum over the last axis.
func (t *Tensor) Softmax() *Tensor { return t.softmax(false) }

// LogSoftmax gives the natural logarithm of Softmax.
func (t *Tensor) LogSoftmax() *Tensor { return t.softmax(true) }

func (t *Tensor) softmax(log bool) *Tensor {
	t.wantRows("softmax")
	return t.g.record(&Op{Kind: KindSoftmax, In: []*Tensor{t}, Attr: Softmax{log}}, F32, t.shape...)
}

// wantRows refuses all but f32 with at least one axis.
func (t *Tensor) wantRows(what string) {
	t.wantF32(what)
	if t.Rank() == 0 {
		refuse("%s: a scalar has no rows", what)
	}
}
