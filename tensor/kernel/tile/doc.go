// Package tile multiplies a few rows with operands that are not packed: the inner products of attention.
//
//	Mul   c[rows, n] (+)= a[rows, k] b[k, n]     all row-major with leading dimensions
//	Dots  s[j] = q . k[j]                        one row with many, each dense over dim
//	Widen f16 rows, strided, as dense f32 rows    so that a cache of f16 can be an operand
//
// Every element of Mul is one fused multiply-add chain over k in order, however many rows there are, so a row's bits do
// not depend on its neighbours. At a level the lanes of Dots are folded in a fixed order, whatever the place of k[j].
//
// Measured on an AMD Zen 5 EPYC, one thread, best of several runs beside other work, 24 rows against a panel of 64 by 64:
//
//	variant   tile    GFLOP/s   of the peak
//	AVX-512   6 x 64      230          93 %
//	AVX2      6 x 16      117          94 %
//	portable               7
package tile
