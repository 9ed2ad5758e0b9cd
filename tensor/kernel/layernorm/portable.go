package layernorm

import "math"

// portableRow normalises one row; x and out have equal lengths > 0.
func portableRow(out, x, gain, bias []float32, eps float32, center bool) {
	var mean float32
	if center {
		mean = portableSum(x) / float32(len(x))
	}
	variance := portableSquares(x, mean) / float32(len(x))
	portableApply(out, x, gain, bias, mean, inverseRoot(variance+eps))
}

func inverseRoot(v float32) float32 { return float32(1 / math.Sqrt(float64(v))) }

func portableSum(x []float32) float32 {
	var sum [16]float32
	for i, v := range x {
		sum[i&15] += v
	}
	return fold(&sum)
}

func portableSquares(x []float32, mean float32) float32 {
	var sum [16]float32
	for i, v := range x {
		d := v - mean
		sum[i&15] += d * d
	}
	return fold(&sum)
}

func portableApply(out, x, gain, bias []float32, mean, inverse float32) {
	for i, v := range x {
		out[i] = (v-mean)*inverse*gain[i] + bias[i]
	}
}

// fold adds the lanes pairwise, halves onto halves.
func fold(sum *[16]float32) float32 {
	for half := 8; half > 0; half /= 2 {
		for i := range half {
			sum[i] += sum[i+half]
		}
	}
	return sum[0]
}
