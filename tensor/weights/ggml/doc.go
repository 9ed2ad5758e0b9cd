// Package ggml reads the legacy ggml .bin files of whisper.cpp, little-endian:
//
//	u32 magic 0x67676d6c | header | tensors to the end of the file
//	tensor:  i32 rank | i32 name length | i32 ggml type | rank x i32 dims, innermost first | name | values
//
// Two headers are known. Whisper's (whisper.cpp models/convert-pt-to-ggml.py): eleven i32 settings, the mel filters as a
// matrix of f32, the vocabulary. Silero's (whisper.cpp models/convert-silero-vad-to-ggml.py): a string "silero-16k" (i32
// length, bytes), i32 version major, minor, patch, window, context, the number of encoder layers with in, out and kernel
// of each, then LSTM input and hidden, final input and output.
package ggml
