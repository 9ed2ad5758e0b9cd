// Package paged is attention of single query rows over keys and values that live in pages: the decoder's attention.
//
//	pool  [pages, page, kvHeads*dim]  f32 or f16, for keys and for values
//	table [rows, maxPages] int32      row r's key t is pool[table[r][t/page], t%page]
//	lengths [rows] int32              row r sees its first lengths[r] keys (the newest Window of them, if set)
//	slots [rows] int32                Write puts row r at pool row slots[r] = page*pageSize+offset; below 0 it is skipped
//
// Rows of length 0 give zeros. A table entry outside of the pool ends the row's keys there. Neighbouring rows with the same
// length and the same pages (the beams of a Whisper window over its audio) form a group, for which keys and values are
// read from memory once. A row's bits do not depend on the group: scores sum over dim in lanes with a fixed fold, outputs
// are one multiply-add chain over the keys in order.
// Tolerance against float64: 2e-5 of the largest |v|.
//
// Measured on an AMD Zen 5 EPYC, one thread, best of several runs beside other work, 1,500 audio keys of 8 heads, 8 layers
// of 6 MB (f32) so that caches do not help; time of a layer, and what is read of keys and values:
//
//	variant        1 row               5 beams
//	AVX-512 f32    0.24 ms, 26 GB/s    0.37 ms, 17 GB/s
//	AVX-512 f16    0.27 ms, 11 GB/s    0.41 ms,  8 GB/s    half the memory, not faster on one thread
//	AVX2 f32       0.37 ms, 17 GB/s    0.57 ms, 11 GB/s
//
// In the third-level cache one row takes 0.09 ms (AVX-512), 70 GB/s.
package paged
