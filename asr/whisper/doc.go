// Package whisper is OpenAI's Whisper (Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak
// Supervision") in every size and fine-tune: 80 and 128 mels, multilingual and English-only, with the decoding rules of
// openai/whisper.
//
// The model structs read like the paper and only record; [Programs] compiles them: one encoder program for each length
// of window, which writes the cross-attention keys and values of a window into a paged pool, and decoder programs for
// each number of rows. [Transcriber] makes segments of recordings; asr/engine adds streams.
//
// Weights bind by the names of Hugging Face's checkpoints (model.encoder.layers.0.self_attn.q_proj.weight); the names of
// OpenAI's and CTranslate2's files are the tables names_openai.go and names_ct2.go.
//
// Comments that name a file and line mean openai/whisper @ v20240930 (commit 517a43ecd132a2089d85f4ebc044728a71d49f6e).
package whisper
