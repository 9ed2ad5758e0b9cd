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

func portableExpSum(dst, x []float32, shift float32) float32 {
	var sum [16]float32
	for i, v := range x {
		e := float32(math.Exp(float64(v - shift)))
		dst[i] = e
		sum[i&15] += e
	}
	return fold(&sum)
}

func portableSumExp(x []float32, shift float32) float32 {
	var sum [16]float32
	for i, v := range x {
		sum[i&15] += float32(math.Exp(float64(v - shift)))
	}
	return fold(&sum)
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

func portableScale(x []float32, by float32) {
	for i := range x {
		x[i] *= by
	}
}

func portableShift(dst, x []float32, by float32) {
	for i, v := range x {
		dst[i] = v + by
	}
}
