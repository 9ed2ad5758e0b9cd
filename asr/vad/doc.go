// Package vad finds speech: Silero VAD v5 and v6 (snakers4/silero-vad) on the tensor runtime, and the segmentation of its
// probabilities.
//
//	model, err := vad.Open(device, "ggml-silero-v6.2.0.bin") // or the project's safetensors or ONNX file
//	stream, err := model.NewStream()
//	p, err := stream.Probability(ctx, samples)               // for every 512 samples at 16 kHz, in order
//	span, ended := segmenter.Push(p)
//
// The network sees 512 new samples and the 64 before them, reflects 64 more at the end, takes the magnitude of a Fourier
// transform (258 = 129 real and 129 imaginary rows of 256 taps, hop 128, 4 columns), four convolutions down to one column
// of 128 values, and an LSTM whose state belongs to the stream. One frame of 32 ms costs about 0.7 million
// multiplications. Give it a device of one thread: waking others costs more than they could help.
//
// The three files are not the same network: silero_vad.onnx and ggml-silero-v6.2.0.bin hold v6.2 (the latter with its
// convolutions rounded to f16), silero_vad_16k.safetensors holds another training. Probabilities equal onnxruntime's with
// the same weights to 1e-4 (testdata/generate.py).
package vad
