// Package attention is dense multi-head attention in one pass over the scores.
//
//	p = softmax over keys j of cap(scale * q[i] . k[j])      out[i] = sum over j of p[j] v[j]
//
// Layout: q, k, v and out are [batch, time, heads*dim] with strides, head h at column h*dim; with grouped heads (KVHeads <
// Heads) query head h reads key head h / (Heads/KVHeads). A query sees keys [0, length of its batch), with Causal only
// those at or before its own position (row + Offset), with Window only the newest Window of these. A query that sees no
// key gives zeros. SoftCap > 0 bends scores to cap*tanh(s/cap) (Gemma 2).
//
// Method: keys are packed once a head into panels of 64 keys, transposed; a block of 6 queries makes its whole rows of
// scores, their exact softmax, and then the weighted sum. Each score is one multiply-add chain over dim and each output
// one chain over the keys in order, so a row's bits depend on its own query and visible keys only.
// Tolerance against float64: 2e-5 of the largest |v|.
//
// Measured on an AMD Zen 5 EPYC, one thread, best of several runs beside other work (peak 247 and 124 GFLOP/s), Whisper's encoder, 1,500 frames:
//
//	variant   8 heads of 64      20 heads of 64
//	AVX-512   177 GFLOP/s 72 %   181 GFLOP/s 73 %    of it products 76 %, exp 9 %
//	AVX2       92 GFLOP/s 74 %    92 GFLOP/s 74 %
package attention
