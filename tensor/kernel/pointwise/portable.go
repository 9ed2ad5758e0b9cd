package pointwise

import "math"

func portableBinary(op Op, out, a, b []float32) {
	b, out = b[:len(a)], out[:len(a)]
	switch op {
	case Add:
		for i, v := range a {
			out[i] = v + b[i]
		}
	case Sub:
		for i, v := range a {
			out[i] = v - b[i]
		}
	case Mul:
		for i, v := range a {
			out[i] = v * b[i]
		}
	case Div:
		for i, v := range a {
			out[i] = v / b[i]
		}
	}
}

func portableUnary(op Op, out, a []float32, x, y float32) {
	for i, v := range a {
		out[i] = portableOne(op, v, x, y)
	}
}

func portableOne(op Op, v, x, y float32) float32 {
	switch op {
	case AddScalar:
		return v + x
	case MulScalar:
		return v * x
	case Neg:
		return -v
	case Sqrt:
		return float32(math.Sqrt(float64(v)))
	case ReLU:
		return limit(v, 0, float32(math.Inf(1)))
	case LeakyReLU:
		if v > 0 {
			return v
		}
		return v * x
	case Clamp:
		return limit(v, x, y)
	}
	return v
}

// limit keeps v within x..y; NaN stays.
func limit(v, x, y float32) float32 {
	if v < x {
		v = x
	}
	if v > y {
		v = y
	}
	return v
}
