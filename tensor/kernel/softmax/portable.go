package softmax

import "math"

func portableMax(x []float32) float32 {
	top := float32(math.Inf(-1))
	for _, v := range x {
		if v > top {
			top = v
		}
	}
	return top
}

// portableSum adds in 16 lanes, then the lanes pairwise, halves onto halves.
func portableSum(x []float32) float32 {
	var sum [16]float32
	for i, v := range x {
		sum[i&15] += v
	}
	for half := 8; half > 0; half /= 2 {
		for i := range half {
			sum[i] += sum[i+half]
		}
	}
	return sum[0]
}

func portableScale(dst, x []float32, by float32) {
	for i, v := range x {
		dst[i] = v * by
	}
}

func portableShift(dst, x []float32, by float32) {
	for i, v := range x {
		dst[i] = v + by
	}
}
