// Package safetensors reads and writes Hugging Face's safetensors files.
//
//	+-----------+----------------------+------------------------+
//	| u64 N, LE | N bytes of JSON      | tensors, back to back  |
//	+-----------+----------------------+------------------------+
//
// The JSON maps a name to {"dtype", "shape", "data_offsets": [from, to]}, offsets counted from the first tensor byte;
// "__metadata__" maps strings to strings. As in the reference implementation (huggingface/safetensors
// safetensors/src/tensor.rs) the header is at most 100 MB, and the tensors cover the rest of the file without holes or
// overlaps.
package safetensors
