// Package kernels measures the operations of the tensor runtime against what this machine can do: products and attention as a
// share of its float32 multiply-adds, what only moves data as a share of its reading of memory.
//
// The limits are measured first (package tensor/kernel/peak), for each level and for one thread and all. Operations run as programs
// of the tensor runtime, as models run them, at Whisper's sizes from base to large. Each is run several times; the table has the median,
// the share of the limit that the median reaches, and the share that the fastest run reaches: on a machine shared with
// others that one is the undisturbed one, as the limits are. What fits the caches may read faster than memory.
package kernels
