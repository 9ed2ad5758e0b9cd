package vad

import (
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/nn"
)

// The sizes of a frame, in samples at 16 kHz (silero-vad src/silero_vad/utils_vad.py, OnnxWrapper).
const (
	FrameSamples   = 512 // new samples
	contextSamples = 64  // before them, from the previous frame
	reflected      = 64  // after them, the last samples backwards
	windowSamples  = contextSamples + FrameSamples + reflected
)

// The sizes of the network.
const (
	bins  = 129 // of the Fourier transform
	width = 128 // of the LSTM
)

// network is Silero's 16 kHz branch.
type network struct {
	Basis nn.Conv1d `weight:"stft_conv"` // [258, 1, 256]: windowed cosines, then sines
	Conv1 nn.Conv1d `weight:"conv1"`     // [128, 129, 3]
	Conv2 nn.Conv1d `weight:"conv2"`     // [64, 128, 3]
	Conv3 nn.Conv1d `weight:"conv3"`     // [64, 64, 3]
	Conv4 nn.Conv1d `weight:"conv4"`     // [128, 64, 3]
	LSTM  nn.LSTM   `weight:"lstm_cell"`
	Out   nn.Conv1d `weight:"final_conv"` // [1, 128, 1]
}

func newNetwork() *network {
	n := &network{}
	n.Basis.Options = tensor.Conv1dOptions{Stride: 128}
	n.Conv1.Options = tensor.Conv1dOptions{Pad: 1}
	n.Conv2.Options = tensor.Conv1dOptions{Pad: 1, Stride: 2}
	n.Conv3.Options = tensor.Conv1dOptions{Pad: 1, Stride: 2}
	n.Conv4.Options = tensor.Conv1dOptions{Pad: 1}
	return n
}

// spectrum maps windows [batch, 640, 1] to magnitudes [batch, 4, 129].
func (n *network) spectrum(window *tensor.Tensor) *tensor.Tensor {
	both := n.Basis.Forward(window)
	re, im := both.Slice(2, 0, bins), both.Slice(2, bins, 2*bins)
	return re.Mul(re).Add(im.Mul(im)).Sqrt()
}

// features maps windows [batch, 640, 1] to [batch, 128].
func (n *network) features(window *tensor.Tensor) *tensor.Tensor {
	x := n.spectrum(window)
	for _, conv := range []*nn.Conv1d{&n.Conv1, &n.Conv2, &n.Conv3, &n.Conv4} {
		x = conv.Forward(x).ReLU()
	}
	return x.Reshape(window.Dim(0), width)
}

// Forward maps windows [batch, 640, 1] and the states [batch, 128] to probabilities [batch, 1] and the next states.
func (n *network) Forward(window, h, c *tensor.Tensor) (p, hNext, cNext *tensor.Tensor) {
	hNext, cNext = n.LSTM.Forward(n.features(window), h, c)
	batch := window.Dim(0)
	return n.Out.Forward(hNext.ReLU().Reshape(batch, 1, width)).Sigmoid().Reshape(batch, 1), hNext, cNext
}

// record builds the program of one stream.
func (n *network) record(g *tensor.Graph) {
	window := g.Input("window", tensor.F32, 1, windowSamples, 1)
	h, c := g.State("h", tensor.F32, 1, width), g.State("c", tensor.F32, 1, width)
	p, hNext, cNext := n.Forward(window, h, c)
	g.Store(h, hNext)
	g.Store(c, cNext)
	g.Output("probability", p)
}
