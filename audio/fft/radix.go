package fft

import "math"

// run does one pass from x to y: for butterfly p and neighbour q it takes x[q + stride (p + m k)], transforms over k and stores
// the results, turned, at y[q + stride (radix p + j)].
func (s *stage) run(y, x []complex128) {
	step := s.m * s.stride
	for p := range s.m {
		w := s.twiddles[p*(s.radix-1) : (p+1)*(s.radix-1)]
		in, out := x[p*s.stride:], y[p*s.stride*s.radix:]
		switch s.radix {
		case 2:
			radix2(out, in, w, s.stride, step)
		case 3:
			radix3(out, in, w, s.stride, step)
		case 4:
			radix4(out, in, w, s.stride, step)
		case 5:
			radix5(out, in, w, s.stride, step)
		}
	}
}

func radix2(y, x, w []complex128, stride, step int) {
	w1 := w[0]
	for q := range stride {
		a, b := x[q], x[q+step]
		y[q] = a + b
		y[q+stride] = (a - b) * w1
	}
}

func radix3(y, x, w []complex128, stride, step int) {
	const sin = 0.86602540378443864676 // sin(2 pi / 3)
	w1, w2 := w[0], w[1]
	for q := range stride {
		a, b, c := x[q], x[q+step], x[q+2*step]
		sum, diff := b+c, b-c
		mid := complex(real(a)-real(sum)/2, imag(a)-imag(sum)/2)
		turn := complex(sin*imag(diff), -sin*real(diff)) // -i sin (b - c)
		y[q] = a + sum
		y[q+stride] = (mid + turn) * w1
		y[q+2*stride] = (mid - turn) * w2
	}
}

func radix4(y, x, w []complex128, stride, step int) {
	w1, w2, w3 := w[0], w[1], w[2]
	for q := range stride {
		a, b, c, d := x[q], x[q+step], x[q+2*step], x[q+3*step]
		ac, bd := a+c, b+d
		am, bm := a-c, b-d
		turn := complex(imag(bm), -real(bm)) // -i (b - d)
		y[q] = ac + bd
		y[q+stride] = (am + turn) * w1
		y[q+2*stride] = (ac - bd) * w2
		y[q+3*stride] = (am - turn) * w3
	}
}

// Cosines and sines of 2 pi / 5 and 4 pi / 5.
var (
	cos1, sin1 = math.Cos(2 * math.Pi / 5), math.Sin(2 * math.Pi / 5)
	cos2, sin2 = math.Cos(4 * math.Pi / 5), math.Sin(4 * math.Pi / 5)
)

func radix5(y, x, w []complex128, stride, step int) {
	w1, w2, w3, w4 := w[0], w[1], w[2], w[3]
	c1, s1, c2, s2 := cos1, sin1, cos2, sin2
	for q := range stride {
		a := x[q]
		b, e := x[q+step], x[q+4*step]
		c, d := x[q+2*step], x[q+3*step]
		p1, m1, p2, m2 := b+e, b-e, c+d, c-d
		t1 := complex(real(a)+c1*real(p1)+c2*real(p2), imag(a)+c1*imag(p1)+c2*imag(p2))
		t2 := complex(real(a)+c2*real(p1)+c1*real(p2), imag(a)+c2*imag(p1)+c1*imag(p2))
		u1 := complex(s1*imag(m1)+s2*imag(m2), -s1*real(m1)-s2*real(m2)) // -i (s1 m1 + s2 m2)
		u2 := complex(s2*imag(m1)-s1*imag(m2), -s2*real(m1)+s1*real(m2)) // -i (s2 m1 - s1 m2)
		y[q] = a + p1 + p2
		y[q+stride] = (t1 + u1) * w1
		y[q+2*stride] = (t2 + u2) * w2
		y[q+3*stride] = (t2 - u2) * w3
		y[q+4*stride] = (t1 - u1) * w4
	}
}
