// Package topk finds the largest values of rows and where they are: argmax (k = 1) and top-k for beams.
//
// Results are in falling order; equal values in rising index. -Inf (a forbidden token) and NaN are never chosen: places
// left over hold index -1 and value -Inf. A row is scanned once against the smallest value kept so far; only the few
// values above it, about k*ln(n/k), leave the vector loop.
package topk
