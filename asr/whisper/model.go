package whisper

import (
	"strings"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/nn"
)

// Model is the whole network (model.py: class Whisper). The output projection is the decoder's embedding (tied).
type Model struct {
	Config  Config
	Encoder Encoder `weight:"model.encoder"`
	Decoder Decoder `weight:"model.decoder"`
}

// New lays out a network: every block is there and every weight has its shape, but no values yet. Such a model compiles
// on the null device; tensor/weights fills the weights in by their names ([nn.Walk]).
func New(c Config) *Model {
	m := &Model{
		Config:  c,
		Encoder: Encoder{Blocks: make([]EncoderBlock, c.Encoders)},
		Decoder: Decoder{Blocks: make([]DecoderBlock, c.Decoders)},
	}
	m.Encoder.options()
	for f := range nn.Walk(m) {
		*f.Param = &tensor.Param{Name: f.Path, Shape: c.shape(f.Path)}
	}
	return m
}

// options are those of model.py:184: the second convolution halves the time.
func (e *Encoder) options() {
	e.Conv1.Options = tensor.Conv1dOptions{Pad: 1}
	e.Conv2.Options = tensor.Conv1dOptions{Pad: 1, Stride: 2}
}

// shape gives the dimensions of a weight by its name.
func (c *Config) shape(name string) []int {
	part := strings.Split(name, ".")
	layer, last := part[len(part)-2], part[len(part)-1]
	switch {
	case layer == "embed_tokens":
		return []int{c.Vocabulary, c.Width}
	case layer == "embed_positions" && part[1] == "encoder":
		return []int{c.AudioLen, c.Width}
	case layer == "embed_positions":
		return []int{c.TextLen, c.Width}
	case layer == "fc1" && last == "bias":
		return []int{c.FeedWidth}
	case last == "bias" || strings.HasSuffix(layer, "layer_norm"):
		return []int{c.Width}
	case layer == "conv1":
		return []int{c.Width, c.Mels, 3}
	case layer == "conv2":
		return []int{c.Width, c.Width, 3}
	case layer == "fc1":
		return []int{c.FeedWidth, c.Width}
	case layer == "fc2":
		return []int{c.Width, c.FeedWidth}
	}
	return []int{c.Width, c.Width}
}

// Encoder maps a mel spectrogram to states, 50 a second (model.py: class AudioEncoder).
type Encoder struct {
	Conv1     nn.Conv1d      `weight:"conv1"`                  // [width, mels, 3]
	Conv2     nn.Conv1d      `weight:"conv2"`                  // [width, width, 3], stride 2
	Positions *tensor.Param  `weight:"embed_positions.weight"` // [1500, width]
	Blocks    []EncoderBlock `weight:"layers"`
	Norm      nn.LayerNorm   `weight:"layer_norm"`
}

// EncoderBlock is one residual block of the encoder.
type EncoderBlock struct {
	AttnNorm nn.LayerNorm `weight:"self_attn_layer_norm"`
	Attn     Attention    `weight:"self_attn"`
	MLPNorm  nn.LayerNorm `weight:"final_layer_norm"`
	Up       nn.Linear    `weight:"fc1"`
	Down     nn.Linear    `weight:"fc2"`
}

// Decoder maps tokens to logits over the vocabulary (model.py: class TextDecoder).
type Decoder struct {
	Tokens    *tensor.Param  `weight:"embed_tokens.weight"`    // [vocabulary, width], also the output projection
	Positions *tensor.Param  `weight:"embed_positions.weight"` // [448, width]
	Blocks    []DecoderBlock `weight:"layers"`
	Norm      nn.LayerNorm   `weight:"layer_norm"`
}

// DecoderBlock is one residual block of the decoder.
type DecoderBlock struct {
	AttnNorm  nn.LayerNorm `weight:"self_attn_layer_norm"`
	Attn      Attention    `weight:"self_attn"`
	CrossNorm nn.LayerNorm `weight:"encoder_attn_layer_norm"`
	Cross     Attention    `weight:"encoder_attn"`
	MLPNorm   nn.LayerNorm `weight:"final_layer_norm"`
	Up        nn.Linear    `weight:"fc1"`
	Down      nn.Linear    `weight:"fc2"`
}

// Attention holds the projections of one multi-head attention. Whisper's keys have no bias (model.py: MultiHeadAttention).
type Attention struct {
	Query nn.Linear     `weight:"q_proj"`
	Key   *tensor.Param `weight:"k_proj.weight"` // [width, width]
	Value nn.Linear     `weight:"v_proj"`
	Out   nn.Linear     `weight:"out_proj"`
}
