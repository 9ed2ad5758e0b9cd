// Package topk finds the largest values of rows and where they are: argmax (k = 1) and top-k for beams.
//
// Results are in falling order; equal values in rising index. -Inf (a forbidden token) and NaN are never chosen: places
// left over hold index -1 and value -Inf. A row is scanned once against the smallest value kept so far; only the few
// values above it, about k*ln(n/k), leave the vector loop.
//
// Measured on an AMD Zen 5 EPYC, one thread, best of several runs beside other work, k = 6:
//
//	variant    51,865 values    262,144 values
//	AVX-512           1.8 us            9.7 us   (108 GB/s)
//	AVX2              1.9 us            9.8 us
//	portable         27   us            134 us
package topk
