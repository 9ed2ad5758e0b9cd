package decode

import "math"

// argmax gives the index of the greatest value, the first of equals. NaN is never greatest.
func argmax(x []float32) int {
	best := 0
	for i, v := range x {
		if v > x[best] || x[best] != x[best] {
			best = i
		}
	}
	return best
}

// negligible is how far below the maximum a logit no longer counts: 2^18 such terms change the sum by less than 4e-6.
const negligible = 25

// logSumExp gives log(sum(exp(x))), the normaliser of log-probabilities.
func logSumExp(x []float32) float64 {
	top := float32(math.Inf(-1))
	for _, v := range x {
		if v > top {
			top = v
		}
	}
	if math.IsInf(float64(top), -1) {
		return math.Inf(-1)
	}
	return float64(top) + math.Log(sumExp(x, top))
}

// sumExp adds exp(v-top) over x.
func sumExp(x []float32, top float32) float64 {
	sum := 0.0
	for _, v := range x {
		if d := v - top; d > -negligible {
			sum += math.Exp(float64(d))
		}
	}
	return sum
}

// LogSumExp gives log(sum(exp(x))); rules compare groups of tokens with it.
func LogSumExp(x []float32) float64 { return logSumExp(x) }

// Probability is the softmax of x at token.
func Probability(x []float32, token int32) float64 {
	return math.Exp(float64(x[token]) - logSumExp(x))
}

// topK gives the indices of the k greatest values, greatest first, the lower index first among equals.
func topK(x []float32, k int) []int {
	k = min(k, len(x))
	top := make([]int, 0, k+1)
	floor := float32(math.Inf(-1))
	for i, v := range x {
		if len(top) == k && !(v > floor) {
			continue
		}
		at := len(top)
		for at > 0 && v > x[top[at-1]] {
			at--
		}
		top = append(top, 0)
		copy(top[at+1:], top[at:])
		top[at] = i
		if len(top) > k {
			top = top[:k]
		}
		if len(top) == k {
			floor = x[top[k-1]]
		}
	}
	return top
}

// draw picks an index with probability proportional to exp(x/temperature); at in [0, 1) chooses it.
func draw(x []float32, temperature, at float64) int {
	top := x[argmax(x)]
	floor := top - float32(negligible*temperature)
	weight := func(v float32) float64 {
		if !(v > floor) {
			return 0
		}
		return math.Exp(float64(v-top) / temperature)
	}
	sum := 0.0
	for _, v := range x {
		sum += weight(v)
	}
	rest := at * sum
	last := argmax(x)
	for i, v := range x {
		p := weight(v)
		if p == 0 {
			continue
		}
		if rest < p {
			return i
		}
		rest -= p
		last = i
	}
	return last
}
