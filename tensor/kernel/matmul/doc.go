// Package matmul multiplies float32 matrices: C = act(α·A·B + bias) + residual.
//
// B is either a weight, packed once ([Pack], [PackColumns]) and kept as f32, f16, bf16 or i8, or another activation
// ([Dense]), taken as it lies in memory. Arithmetic is float32 whatever the storage.
//
// # Layout
//
// A weight of N outputs and K inputs is kept in panels of NR columns, NR being the width of the level's micro-kernel
// (AVX-512: 32, otherwise 16): [ceil(N/NR)][K][NR], the last panel padded with zeros. i8 adds one float32 scale a column.
//
// # Rounding
//
// Every element of A·B is one chain of fused multiply-adds over k in ascending order, starting from zero (the portable level
// rounds the product too). Blocking over K stores and loads the float32 accumulator and changes nothing. So an element
// depends on its row of A and its column of B alone: not on M, the other rows, the position of the row, the number of workers
// or the path taken. Against float64 the error is at most about K·2^-24·Σ|a·b|, usually √K of it.
//
// # Paths
//
// Few rows (decoder steps) stream the packed weight once, several panels at a time, converting in registers: the speed is
// that of memory. Many rows copy blocks of A next to each other, convert a panel's k-block to float32 once for all rows
// of the block, and run the 14x32 (AVX-512) or 6x16 (AVX2) micro-kernel.
//
//	w, err := matmul.Pack(level, pool, matmul.F16, matmul.F16, raw, out, in, nil)
//	scratch := matmul.NewScratch(level, pool.Workers())
//	m, err := matmul.New(level, scratch, matmul.Args{M: rows, A: x, LDA: in, B: w, C: y, LDC: out, Bias: bias})
//	m.Run(pool) // allocates nothing
package matmul
