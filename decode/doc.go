// Package decode turns the logits of an autoregressive model into tokens: greedily, by beam search or by sampling, under
// rules on token ids. It knows token ids only; words, languages and schemas are compiled to [Rule]s by its callers.
//
// A [Decoder] owns a fixed number of slots. Each request takes as many as it follows hypotheses, at any step (continuous
// batching): rows of old and new requests share every run of the model, so many users share one pass over the weights.
//
//	step n    [a a a | b]          a: beam of three, b: greedy
//	step n+1  [a a a | b | c c c]  c has come: three rows of its prompt
//	step n+2  [b | c]              a has ended and its slots are free
//
// Requests that do not fit wait in a bounded queue; a full queue refuses with fault.Exhausted. A cancelled request gives
// its slots back at the next step. The rows of a step do not influence each other, so neither does the company that a
// request happens to have change its result.
package decode
