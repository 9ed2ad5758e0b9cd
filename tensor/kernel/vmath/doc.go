// Package vmath computes elementary functions over slices of float32: exp, log, tanh, the logistic function and the
// activations made of them (GELU, its tanh form, SiLU).
//
// Every function takes the level to run at, a destination and a source of the same length; the destination may be the source
// itself, but must not otherwise overlap it. Element i of the result depends on element i of the source only, never on its
// place in the slice or on the length, so cutting a slice in parts does not change a bit. NaN gives NaN; infinities give
// the function's limits.
//
// Errors against float64 over all of float32's range, as the tests hold them: Exp and Log 1.5e-7 relative, Tanh and Sigmoid 3e-7, SiLU
// 4e-7; GELU 1.2e-7 and GELUTanh 4e-7 of max(1, |x|). Where Sigmoid, SiLU or GELU are below 1e-37 they may be zero.
//
// Each vector routine is written once, for AVX-512 and AVX2 (gen); whole vectors and the rest under a mask go through the same
// arithmetic. Measured on one Zen 5 core, values a nanosecond:
//
//	          exp   log   tanh  sigmoid  SiLU  GELU  GELUTanh
//	AVX-512   8.0   3.8   5.9   6.4      6.2   4.0   4.7
//	AVX2      3.2   2.0   3.1   2.5      2.5   2.0   1.9
//	portable  0.06  0.08  0.01  0.08     0.06  0.04  0.09
//
//	vmath.GELU(level, hidden, hidden)
package vmath
