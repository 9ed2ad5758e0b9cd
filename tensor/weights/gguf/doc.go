// Package gguf reads GGUF files, versions 2 and 3, little-endian (ggml docs/gguf.md).
//
//	"GGUF" | u32 version | u64 tensors | u64 pairs | pairs | infos | padding to alignment | data
//	pair:    string key | u32 type | value         string:  u64 length | bytes
//	info:    string name | u32 rank | rank x u64 dims, innermost first | u32 ggml type | u64 offset into data
//
// Block types (Q4_K and so on) are named and sized; their bytes are handed out as they are. Metadata arrays stay views of
// the file ([Array]), so that a vocabulary of 256 thousand strings costs nothing until it is asked for.
package gguf
