package whisper

import (
	"strings"

	"github.com/dauys/dauys/tensor/weights"
)

// namesHF reads Hugging Face's files (transformers models/whisper/modeling_whisper.py). WhisperModel leaves "model." away;
// older exporters write the tied output projection too.
var namesHF = weights.NameTable{
	Rules: []weights.Rule{
		weights.Rename("encoder.{rest...}", "model.encoder.{rest...}"),
		weights.Rename("decoder.{rest...}", "model.decoder.{rest...}"),
		weights.Same("proj_out.weight", "model.decoder.embed_tokens.weight"),
	},
	Absent: []string{},
}

// names is the table for the spelling of f.
func names(f *weights.File) weights.NameTable {
	for _, t := range f.Tensors {
		switch {
		case strings.HasPrefix(t.Name, "encoder/"):
			return namesCT2
		case strings.Contains(t.Name, "encoder.blocks."):
			return namesOpenAI
		}
	}
	return namesHF
}
