// Package asr carries speech recognition over the network: [Server] adapts an asr.Recognizer to its proto, [Client] is an
// asr.Recognizer again. Nothing is decided here.
//
// A live stream survives a broken connection: the client keeps the sound that is not committed (60 s), connects again and
// sends it once more, with the committed words as prompt. Times count from the stream's first sample all along.
package asr
