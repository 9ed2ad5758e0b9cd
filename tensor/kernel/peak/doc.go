// Package peak measures what this machine can do, so that kernels can be given as a share of it: float32 multiply-adds a second
// at each level, and the bandwidth of reading memory.
//
// Both are the best of several short runs: on a machine shared with others the best run is the undisturbed one. Multiply-adds
// run on registers only, in as many independent chains as hide their latency; a multiply-add counts as two operations.
package peak
