// Package mapped is what every weight file reader gives: a list of named tensors that are lazy views of a mapped file.
//
// A reader (safetensors, gguf, ct2, onnx, torchzip, ggml) takes a [Mapping], checks every length in the file's header
// against the size of the file before it allocates anything, and returns a [File]. No byte of a tensor is touched until
// its Load is called, and Release gives the pages back once a packer has read them, so that a model of n bytes needs
// about its packed size in memory, not that and n besides.
//
// Bytes given by Load alias the mapping: they are read-only and invalid after Close. A file must not be truncated while
// it is mapped; the operating system answers reads of the missing pages with SIGBUS.
package mapped
