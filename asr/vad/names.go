package vad

import (
	"fmt"

	"github.com/dauys/dauys/tensor/weights"
)

// The safetensors file's names are the canonical ones. names is the table for the spelling of f.
func names(f *weights.File) weights.NameTable {
	switch f.Format {
	case "ggml":
		return namesGGML
	case "onnx":
		return namesONNX
	}
	return weights.NameTable{Absent: absent}
}

// absent: the Fourier basis is a convolution without a bias.
var absent = []string{"stft_conv.bias"}

// namesGGML reads whisper.cpp's conversion (models/convert-silero-vad-to-ggml.py), which drops dimensions of one.
var namesGGML = weights.NameTable{
	Rules: append(modules("_model."),
		weights.Reshape("_model.decoder.decoder.2.weight", "final_conv.weight", 1, -1, 1),
		weights.Reshape("_model.decoder.decoder.2.bias", "final_conv.bias", 1)),
	Absent: absent,
}

// namesONNX reads the project's silero_vad.onnx: an If over the sample rate, whose first branch is the network at 16 kHz.
var namesONNX = weights.NameTable{
	Rules: append(modules(branch),
		weights.Rename(branch+"decoder.decoder.2.{p}", "final_conv.{p}"),
		weights.Ignore("{rest...}", "constants of the graph, and the network at 8 kHz")),
	Absent: absent,
}

const branch = "If_0/then_branch/If_0_then_branch__Inline_0__"

// modules is the rules for the names of the project's TorchScript modules under a prefix.
func modules(top string) []weights.Rule {
	rules := []weights.Rule{
		weights.Rename(top+"stft.forward_basis_buffer", "stft_conv.weight"),
		weights.Rename(top+"decoder.rnn.{p}", "lstm_cell.{p}"),
	}
	for i := range 4 {
		rules = append(rules, weights.Rename(fmt.Sprintf("%sencoder.%d.reparam_conv.{p}", top, i), fmt.Sprintf("conv%d.{p}", i+1)))
	}
	return rules
}
