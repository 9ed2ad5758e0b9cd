// Package fft computes the discrete Fourier transform of real sounds whose length is even and has no prime factor above 5:
// X[k] = sum over n of x[n] exp(-2 pi i k n / N), k = 0 .. N/2.
//
// Two real samples ride in one complex number, so the work is a complex transform of N/2 (Stockham's, mixed radix: no bit reversal, each
// stage reads and writes in order), and one pass that takes the two apart. All in float64: without vector instructions it costs the
// same as float32 and leaves the caller's rounding the only one.
package fft

import (
	"math"
	"math/cmplx"

	"github.com/dauys/dauys/fault"
)

// maxSize bounds the tables: 16 MiB.
const maxSize = 1 << 20

// Real is a plan for one length. It is immutable and safe for concurrent use.
type Real struct {
	n      int
	stages []stage
	turn   []complex128 // exp(-2 pi i k / n), k = 0 .. n/4
}

// stage is one pass of the complex transform: m butterflies of a radix, each done for stride neighbours.
type stage struct {
	radix, m, stride int
	twiddles         []complex128 // [m][radix-1]: exp(-2 pi i p j / (radix m))
}

// NewReal plans transforms of n real samples.
func NewReal(n int) (*Real, error) {
	if n < 2 || n%2 != 0 || n > maxSize {
		return nil, fault.Errorf("fft.NewReal", fault.Invalid, "length %d: it must be even, between 2 and %d", n, maxSize)
	}
	f := &Real{n: n, turn: make([]complex128, n/4+1)}
	for k := range f.turn {
		f.turn[k] = unit(k, n)
	}
	left, stride := n/2, 1
	for left > 1 {
		radix := 0
		for _, r := range []int{5, 4, 3, 2} {
			if left%r == 0 {
				radix = r
				break
			}
		}
		if radix == 0 {
			return nil, fault.Errorf("fft.NewReal", fault.Invalid, "length %d: it has a prime factor above 5", n)
		}
		s := stage{radix: radix, m: left / radix, stride: stride}
		for p := range s.m {
			for j := 1; j < radix; j++ {
				s.twiddles = append(s.twiddles, unit(p*j, left))
			}
		}
		f.stages = append(f.stages, s)
		left, stride = left/radix, stride*radix
	}
	return f, nil
}

// unit is exp(-2 pi i k / n).
func unit(k, n int) complex128 { return cmplx.Rect(1, -2*math.Pi*float64(k)/float64(n)) }

// Len is the number of samples that a transform takes.
func (f *Real) Len() int { return f.n }

// Power stores |X[k]|^2 for k = 0 .. N/2 in dst. x has N samples; work, of N values, is overwritten.
func (f *Real) Power(dst, x []float64, work []complex128) {
	half := f.n / 2
	z, y := work[:half], work[half:f.n]
	for i := range z {
		z[i] = complex(x[2*i], x[2*i+1])
	}
	for i := range f.stages {
		f.stages[i].run(y, z)
		z, y = y, z
	}
	dst = dst[:half+1]
	dst[0] = square(real(z[0]) + imag(z[0]))
	dst[half] = square(real(z[0]) - imag(z[0]))
	for k := 1; k <= half/2; k++ {
		a, b := z[k], cmplx.Conj(z[half-k])
		even, odd := a+b, (a-b)*f.turn[k]
		// X[k] = (even - i odd)/2 and X[half-k] = conj(even + i odd)/2.
		odd = complex(imag(odd), -real(odd))
		dst[k] = power(even+odd) / 4
		dst[half-k] = power(even-odd) / 4
	}
}

func square(v float64) float64   { return v * v }
func power(v complex128) float64 { return real(v)*real(v) + imag(v)*imag(v) }
