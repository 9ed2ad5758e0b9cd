package whisper

import (
	"encoding/json"
	"strconv"

	"github.com/dauys/dauys/fault"
)

// Config describes a network. The zero value is no network; [ParseConfig] reads one.
type Config struct {
	Mels       int // 80, or 128 (large-v3)
	Width      int // of a state: 384 (tiny) to 1280 (large)
	Heads      int // of all attentions
	FeedWidth  int // of the feed-forward layers, 4 Width
	AudioLen   int // encoder positions, 1500 = 30 s
	TextLen    int // decoder positions, 448
	Encoders   int // blocks
	Decoders   int // blocks
	Vocabulary int

	Suppress       []int32  // tokens never generated; empty = the tokenizer's non-speech tokens
	SuppressFirst  []int32  // tokens that do not begin a text; empty = blank and the end
	AlignmentHeads [][2]int // (decoder block, head) whose attention follows the words
}

// Shapes tells the shape of a weight by its Hugging Face name.
type Shapes func(name string) (shape []int, ok bool)

// settings are the keys that we read of config.json and generation_config.json (Hugging Face), config.json (CTranslate2)
// and the dims of a checkpoint (OpenAI). Sizes that the weights tell are not read.
type settings struct {
	AlignmentHeads [][2]int `json:"alignment_heads"`
	SuppressIDs    []int32  `json:"suppress_ids"`          // CTranslate2
	SuppressFirst  []int32  `json:"suppress_ids_begin"`    // CTranslate2
	SuppressTokens []int32  `json:"suppress_tokens"`       // Hugging Face
	BeginSuppress  []int32  `json:"begin_suppress_tokens"` // Hugging Face
	AttentionHeads int      `json:"decoder_attention_heads"`
	AudioHead      int      `json:"n_audio_head"` // OpenAI
}

// ParseConfig reads the network's sizes from its weights and its settings from the model's JSON files, in any of the three
// spellings; later files win. No file is needed: what they lack has OpenAI's defaults.
func ParseConfig(shape Shapes, files ...[]byte) (Config, error) {
	const op = "whisper.ParseConfig"
	c, err := sizes(shape)
	if err != nil {
		return Config{}, err
	}
	for _, file := range files {
		var s settings
		if err := json.Unmarshal(file, &s); err != nil {
			return Config{}, fault.Errorf(op, fault.Corrupt, "model settings: %w", err)
		}
		c.apply(s)
	}
	if err := c.complete(); err != nil {
		return Config{}, fault.E(op, fault.Other, err)
	}
	return c, nil
}

func sizes(shape Shapes) (c Config, err error) {
	dim := func(name string, rank, axis int) int {
		s, ok := shape(name)
		if err == nil && (!ok || len(s) != rank) {
			err = fault.Errorf("whisper.ParseConfig", fault.Corrupt, "weight %s with %d dimensions is missing: is this a Whisper model?", name, rank)
		}
		if err != nil {
			return 0
		}
		return s[axis]
	}
	c.Width = dim("model.encoder.conv1.weight", 3, 0)
	c.Mels = dim("model.encoder.conv1.weight", 3, 1)
	c.AudioLen = dim("model.encoder.embed_positions.weight", 2, 0)
	c.TextLen = dim("model.decoder.embed_positions.weight", 2, 0)
	c.Vocabulary = dim("model.decoder.embed_tokens.weight", 2, 0)
	c.FeedWidth = dim("model.decoder.layers.0.fc1.weight", 2, 0)
	c.Encoders = blocks(shape, "model.encoder.layers.")
	c.Decoders = blocks(shape, "model.decoder.layers.")
	c.Heads = c.Width / 64 // of every published size (model card); settings may say otherwise
	return c, err
}

// blocks counts the residual blocks under a prefix.
func blocks(shape Shapes, prefix string) int {
	n := 0
	for {
		if _, ok := shape(prefix + strconv.Itoa(n) + ".fc1.weight"); !ok {
			return n
		}
		n++
	}
}

func (c *Config) apply(s settings) {
	if len(s.AlignmentHeads) > 0 {
		c.AlignmentHeads = s.AlignmentHeads
	}
	for _, ids := range [][]int32{s.SuppressTokens, s.SuppressIDs} {
		if len(ids) > 0 && ids[0] >= 0 { // [-1] means the default
			c.Suppress = ids
		}
	}
	for _, ids := range [][]int32{s.BeginSuppress, s.SuppressFirst} {
		if len(ids) > 0 {
			c.SuppressFirst = ids
		}
	}
	for _, n := range []int{s.AttentionHeads, s.AudioHead} {
		if n > 0 {
			c.Heads = n
		}
	}
}

// complete fills what the files left open and refuses impossible sizes.
func (c *Config) complete() error {
	if c.Heads <= 0 || c.Width%c.Heads != 0 || c.Encoders == 0 || c.Decoders == 0 {
		return fault.Errorf("whisper.Config", fault.Corrupt, "width %d, %d heads, %d encoder and %d decoder blocks: no Whisper model",
			c.Width, c.Heads, c.Encoders, c.Decoders)
	}
	if len(c.AlignmentHeads) == 0 { // model.py:265: all heads of the upper half
		for block := c.Decoders / 2; block < c.Decoders; block++ {
			for head := range c.Heads {
				c.AlignmentHeads = append(c.AlignmentHeads, [2]int{block, head})
			}
		}
	}
	for _, h := range c.AlignmentHeads {
		if h[0] < 0 || h[0] >= c.Decoders || h[1] < 0 || h[1] >= c.Heads {
			return fault.Errorf("whisper.Config", fault.Corrupt, "alignment head %v: the decoder has %d blocks of %d heads", h, c.Decoders, c.Heads)
		}
	}
	return nil
}
