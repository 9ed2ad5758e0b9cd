package main

// Polynomials from coefficients.py, lowest power first.
var (
	// e**r = 1 + r + r²·expTail(r) for |r| <= ln2/2; relative error 3.2e-9.
	expTail = []float32{0.5, 0.16666517, 0.041666202, 0.008369073, 0.0013950809}

	// ln(1+f) = f - f²/2 + f³·logTail(f) for sqrt(1/2) <= 1+f < sqrt(2); relative error 7.5e-10.
	logTail = []float32{
		0.33333313, -0.2500001, 0.20002119, -0.16667996, 0.14219552, -0.12405589, 0.11888162, -0.11675652, 0.06746641,
	}

	// Φ(-a) = exp(-a²/2)·t·normalTail(t), t = 1/(1+normalScale·a), for 0 <= a <= 13; relative error 1.1e-7.
	normalTail = []float32{
		0.11962359, 0.120840676, 0.09937686, 0.1303198, -0.056986902, 0.20992428, -0.15926659, 0.03616822,
	}
)

const normalScale = 0.30

// ln2 in two parts, the first with so few bits that multiples up to 2^8 are exact (Cody and Waite 1980).
const (
	ln2High = 0.693359375
	ln2Low  = -2.12194440e-4
	log2E   = 1.44269504088896341
)

// magic is 1.5·2^23: adding it rounds to an integer and leaves that integer in the low bits.
const magic = 12582912.0
