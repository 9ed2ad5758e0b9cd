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
// Few rows (decoder steps: up to 14 with AVX-512, 6 with AVX2) stream the packed weight once for all rows, converting in
// registers, several panels at a time where one would wait for its own additions; what lies 4 to 8 KiB ahead is fetched
// in advance, as the processor's own prefetching stops at every page. The columns are shared out among the workers.
//
// Many rows convert a panel's k-block to float32 once for up to twelve row blocks and run the 14x32 (AVX-512) or 6x16
// (AVX2) micro-kernel, which also fetches the next panel. Rows of A are read in place, unless they must be gathered or lie whole
// pages apart and would push each other out of the cache: then they are copied together. The rows are shared out, or the columns
// where there are too few rows.
//
// The epilogue runs over the rows of a part, while they are in the second-level cache.
//
// # Measured
//
// Zen 5 (EPYC, AVX-512), one core on a busy machine, as a share of the multiply-adds (257 and 128 GFLOP/s) and of the
// bandwidth (41 GB/s) that package peak finds:
//
//	M x N x K            AVX-512 f32  f16    AVX2 f32  f16
//	1500 x 512 x 512     93 %         91 %   97 %      94 %
//	1500 x 2048 x 512    87           88     96        94
//	1500 x 512 x 2048    88           85     92        88
//	1500 x 1280 x 1280   93           89     94        88
//	1500 x 5120 x 1280   89           87     88        92
//	1500 x 1280 x 5120   87           86     88        90
//	100 x 512 x 512      93           91     95        92
//
//	rows of f16 weights, N 51865, K 512    AVX-512                   AVX2
//	1                                      45 GB/s                   37 GB/s
//	5                                      39 GB/s, 197 GFLOP/s      20 GB/s, 102 GFLOP/s
//	8                                      29 GB/s, 233 GFLOP/s      11 GB/s, 87 GFLOP/s
//	14                                     17 GB/s, 240 GFLOP/s      7 GB/s, 97 GFLOP/s
//
// The portable level reaches 5 GFLOP/s. The micro-kernels alone reach 98 %; what is missing goes to first reading B and writing C.
//
//	w, err := matmul.Pack(level, pool, matmul.F16, matmul.F16, raw, out, in, nil)
//	scratch := matmul.NewScratch(level, pool.Workers())
//	m, err := matmul.New(level, scratch, matmul.Args{M: rows, A: x, LDA: in, B: w, C: y, LDC: out, Bias: bias})
//	m.Run(pool) // allocates nothing
package matmul
