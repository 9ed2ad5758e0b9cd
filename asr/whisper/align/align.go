// Package align finds when tokens were spoken from the attention that a decoder paid to the audio while it read them
// (openai/whisper timing.py:163, find_alignment):
//
//	weights of each head [tokens, positions], softmax over the positions of the audio
//	-> minus mean, by standard deviation, over the tokens     what all tokens look at says nothing
//	-> median over 7 positions                                single spikes go
//	-> mean over the heads                                    [tokens, positions]
//	-> dynamic time warping                                   a monotonic path of the greatest sum
//
// A position is 20 ms.
package align

import (
	"math"
	"slices"
)

// medianWidth of the filter over positions (timing.py:169).
const medianWidth = 7

// Weights is the attention of one head: [tokens, positions] with a stride between rows.
type Weights struct {
	Values []float32
	Stride int
}

// Positions gives, for each of the tokens from first to last-1, the position at which it begins, and at the end the last
// position of the path. Attention is cut to positions and made a distribution again before; heads must not be empty.
func Positions(heads []Weights, tokens, positions, first, last int) []int {
	matrix := average(heads, tokens, positions)
	return jumps(matrix[first*positions:last*positions], last-first, positions)
}

// average gives the filtered mean of the heads, [tokens, positions].
func average(heads []Weights, tokens, positions int) []float64 {
	sum := make([]float64, tokens*positions)
	one := make([]float64, tokens*positions)
	line := make([]float64, positions)
	for _, h := range heads {
		for t := range tokens {
			distribution(one[t*positions:(t+1)*positions], h.Values[t*h.Stride:])
		}
		standardise(one, tokens, positions)
		for t := range tokens {
			median(line, one[t*positions:(t+1)*positions], medianWidth)
			for i, v := range line {
				sum[t*positions+i] += v / float64(len(heads))
			}
		}
	}
	return sum
}

// distribution divides src by the sum of its first len(dst) values.
func distribution(dst []float64, src []float32) {
	sum := 0.0
	for i := range dst {
		dst[i] = float64(src[i])
		sum += dst[i]
	}
	if sum == 0 {
		return
	}
	for i := range dst {
		dst[i] /= sum
	}
}

// standardise gives each position mean 0 and deviation 1 over the tokens.
func standardise(m []float64, tokens, positions int) {
	for i := range positions {
		mean, square := 0.0, 0.0
		for t := range tokens {
			mean += m[t*positions+i] / float64(tokens)
		}
		for t := range tokens {
			d := m[t*positions+i] - mean
			square += d * d / float64(tokens)
		}
		deviation := math.Sqrt(square)
		if deviation == 0 {
			deviation = 1
		}
		for t := range tokens {
			m[t*positions+i] = (m[t*positions+i] - mean) / deviation
		}
	}
}

// median stores the running median of src over width values, mirrored at the ends (timing.py:18). Rows no longer than
// half the width stay as they are.
func median(dst, src []float64, width int) {
	half := width / 2
	if len(src) <= half {
		copy(dst, src)
		return
	}
	window := make([]float64, width)
	for i := range src {
		for j := range window {
			at := i + j - half
			if at < 0 {
				at = -at
			}
			if at >= len(src) {
				at = 2*(len(src)-1) - at
			}
			window[j] = src[at]
		}
		slices.Sort(window)
		dst[i] = window[half]
	}
}

// jumps follows the path of least cost through -m and gives the position at which it enters each row, then its end.
func jumps(m []float64, rows, columns int) []int {
	trace := warp(m, rows, columns)
	out := make([]int, rows+1)
	i, j := rows, columns
	out[rows] = columns - 1
	for i > 0 && j > 0 {
		out[i-1] = j - 1
		switch trace[i*(columns+1)+j] {
		case diagonal:
			i, j = i-1, j-1
		case up:
			i--
		default:
			j--
		}
	}
	return out
}

// The step by which dynamic time warping came to a cell (timing.py:83, dtw_cpu).
const (
	diagonal = iota
	up       // the next token at the same position
	left     // the same token at the next position
)

// warp gives the best step into each cell of a (rows+1) x (columns+1) grid, for the cost -m.
func warp(m []float64, rows, columns int) []uint8 {
	trace := make([]uint8, (rows+1)*(columns+1))
	before, now := make([]float64, columns+1), make([]float64, columns+1)
	for j := 1; j <= columns; j++ {
		before[j] = math.Inf(1)
		trace[j] = left
	}
	for i := 1; i <= rows; i++ {
		now[0] = math.Inf(1)
		trace[i*(columns+1)] = up
		for j := 1; j <= columns; j++ {
			d, u, l := before[j-1], before[j], now[j-1]
			best, step := l, uint8(left)
			switch {
			case d < u && d < l:
				best, step = d, diagonal
			case u < d && u < l:
				best, step = u, up
			}
			now[j] = best - m[(i-1)*columns+j-1]
			trace[i*(columns+1)+j] = step
		}
		before, now = now, before
	}
	return trace
}
