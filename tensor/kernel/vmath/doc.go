// Package vmath computes elementary functions over slices of float32: exp, log, tanh, the logistic function and the
// activations made of them (GELU, its tanh form, SiLU).
//
// Every function takes the level to run at, a destination and a source of the same length; the destination may be the source
// itself, but must not otherwise overlap it. Element i of the result depends on element i of the source only, never on its
// place in the slice or on the length, so cutting a slice in parts does not change a bit. NaN gives NaN; infinities give
// the function's limits.
//
// Errors against float64, over all of float32's range unless noted (the tests hold them): Exp, Log, Sigmoid and Tanh about
// 2 units in the last place, GELU 1e-7 absolute for |x| < 10 and GELUTanh 5e-7, relative to max(1, |x|).
//
//	vmath.GELU(level, hidden, hidden)
package vmath
