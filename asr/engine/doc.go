// Package engine recognises speech in this process: it is the local implementation of asr.Recognizer.
//
// An [Engine] loads models from a folder when they are first asked for and shares each between all recordings and live
// streams: they wait for the device by priority, and their decoder steps run together.
//
//	recording -> mono 16 kHz -> mel + VAD -> plan (windows cut at pauses) -> whisper, several windows at a time -> segments
//	stream    -> mel + VAD, incrementally -> one short window a step -> hypothesis; commits move the window on
//
// Memory does not depend on the length of a recording: windows are cut as they are heard, and only those that are being
// read are kept.
package engine
