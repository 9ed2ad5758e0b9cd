// Package conv1d convolves time-major signals [batch, time, channels] with weights [out, in/groups, taps]:
//
//	y[t][o] = act(bias[o] + Σ_tap Σ_c x[t·stride + tap·dilation - before][c]·w[o][c][tap]) + residual[t][o]
//
// Time outside of the signal reads as zeros.
//
// It is a matrix product ([matmul]) whose left-hand rows overlap: the weight is kept as [out, taps, in/groups], a row of A is a
// window of the signal, and no im2col matrix is ever stored; zero rows at the edges, dilation and groups are dealt
// with where the product copies its blocks of A. Depthwise convolutions (as many groups as channels) have a kernel of
// their own. Rounding is matmul's: one chain of multiply-adds over tap, then channel.
package conv1d
