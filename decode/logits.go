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

// negligible is how far below the maximum a logit is taken to lie at most: 2^18 such terms change the sum by less than 4e-6.
const negligible float32 = 25

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
	return float64(top) + math.Log(sumExp(x, top, 1))
}

// sumExp adds exp((v-top)*inverse) over x, where top is the maximum. Four sums keep the processor busy.
func sumExp(x []float32, top, inverse float32) float64 {
	var a, b, c, d float32
	sum := 0.0
	for len(x) >= 4 {
		const block = 1024 // float32 sums of so few terms lose nothing that matters
		n := min(len(x), block) &^ 3
		for i := 0; i+4 <= n; i += 4 {
			v := x[i : i+4 : i+4]
			a += exp(floored((v[0] - top) * inverse))
			b += exp(floored((v[1] - top) * inverse))
			c += exp(floored((v[2] - top) * inverse))
			d += exp(floored((v[3] - top) * inverse))
		}
		sum += float64(a) + float64(b) + float64(c) + float64(d)
		a, b, c, d, x = 0, 0, 0, 0, x[n:]
	}
	for _, v := range x {
		sum += float64(exp(floored((v - top) * inverse)))
	}
	return sum
}

// floored keeps x in the range of exp. It is faster than the builtin max, which looks after NaN.
func floored(x float32) float32 {
	if x < -negligible {
		return -negligible
	}
	return x
}

// The polynomial of 2^f over [-0.5, 0.5] (S. Moshier, Cephes 2.2, exp2f.c).
const (
	exp2c1 = 6.931472028550421e-1
	exp2c2 = 2.402264791363012e-1
	exp2c3 = 5.550332471162809e-2
	exp2c4 = 9.618437357674640e-3
	exp2c5 = 1.339887440266574e-3
	exp2c6 = 1.535336188319500e-4
)

// exp gives e^x to about 3e-7 for -80 < x < 80, several times faster than math.Exp: a step runs it over whole vocabularies.
func exp(x float32) float32 {
	const round = 3 << 22 // adding it leaves a whole number in the low bits
	t := x * math.Log2E
	n := t + round
	f := t - (n - round)
	p := (((((exp2c6*f+exp2c5)*f+exp2c4)*f+exp2c3)*f+exp2c2)*f+exp2c1)*f + 1
	return math.Float32frombits(math.Float32bits(p) + math.Float32bits(n)<<23)
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
	best := argmax(x)
	inverse := float32(1 / temperature)
	const block = 256
	sums := make([]float64, (len(x)+block-1)/block)
	sum := 0.0
	for i := range sums {
		sums[i] = sumExp(x[i*block:min((i+1)*block, len(x))], x[best], inverse)
		sum += sums[i]
	}
	rest := at * sum
	for i, s := range sums {
		if rest >= s {
			rest -= s
			continue
		}
		last := -1
		for j, v := range x[i*block : min((i+1)*block, len(x))] {
			if d := (v - x[best]) * inverse; d > -negligible {
				last = i*block + j
				if rest -= float64(exp(d)); rest < 0 {
					return last
				}
			}
		}
		if last >= 0 {
			return last
		}
	}
	return best
}
