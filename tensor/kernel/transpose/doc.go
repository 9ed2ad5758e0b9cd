// Package transpose permutes the axes of an array: out[i[perm[0]], i[perm[1]], ...] = in[i[0], i[1], ...].
//
// The input may be strided; the output is contiguous. Axes that stay neighbours are merged first, so most permutations become
// runs of copies, or one two-dimensional transpose that is done in square tiles which stay in the first cache.
package transpose
