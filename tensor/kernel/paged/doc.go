// Package paged is attention of single query rows over keys and values that live in pages: the decoder's attention.
//
//	pool  [pages, page, kvHeads*dim]  f32 or f16, for keys and for values
//	table [rows, maxPages] int32      row r's key t is pool[table[r][t/page], t%page]
//	lengths [rows] int32              row r sees its first lengths[r] keys (the newest Window of them, if set)
//	slots [rows] int32                Write puts row r at pool row slots[r] = page*pageSize+offset; below 0 it is skipped
//
// Rows of length 0 give zeros. A table entry outside of the pool ends the row's keys there. Neighbouring rows with the same length and the same pages (the beams
// of a Whisper window over its audio) form a group, for which keys and values are read from memory once. A row's bits do not
// depend on the group: scores sum over dim in lanes with a fixed fold, outputs are one multiply-add chain over the keys in order.
// Tolerance against float64: 1e-5 of the largest |v|.
package paged
