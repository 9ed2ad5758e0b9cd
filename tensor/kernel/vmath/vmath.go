package vmath

import (
	"math"

	"github.com/dauys/dauys/tensor/kernel"
)

// Exp sets dst[i] = e**src[i]. Above 88.72 it is +Inf, below -103.97 it is 0.
func Exp(l kernel.Level, dst, src []float32) { run(l, opExp, dst, src) }

// Log sets dst[i] = ln src[i]; ln 0 is -Inf and the logarithm of a negative number NaN.
func Log(l kernel.Level, dst, src []float32) { run(l, opLog, dst, src) }

// Tanh sets dst[i] = tanh src[i].
func Tanh(l kernel.Level, dst, src []float32) { run(l, opTanh, dst, src) }

// Sigmoid sets dst[i] = 1/(1+e**-src[i]).
func Sigmoid(l kernel.Level, dst, src []float32) { run(l, opSigmoid, dst, src) }

// SiLU sets dst[i] = src[i]/(1+e**-src[i]).
func SiLU(l kernel.Level, dst, src []float32) { run(l, opSiLU, dst, src) }

// GELU sets dst[i] = src[i]·Φ(src[i]), Φ being the normal distribution (the form with erf; Hendrycks and Gimpel 2016).
func GELU(l kernel.Level, dst, src []float32) { run(l, opGELU, dst, src) }

// GELUTanh sets dst[i] to the tanh approximation of GELU: x/2·(1+tanh(√(2/π)(x+0.044715x³))).
func GELUTanh(l kernel.Level, dst, src []float32) { run(l, opGELUTanh, dst, src) }

// op names a function of the package.
type op uint8

const (
	opExp op = iota
	opLog
	opTanh
	opSigmoid
	opSiLU
	opGELU
	opGELUTanh
	ops
)

// reference holds the functions in float64, rounded once: what the portable level runs.
var reference = [ops]func(float64) float64{
	opExp:      math.Exp,
	opLog:      math.Log,
	opTanh:     math.Tanh,
	opSigmoid:  sigmoid,
	opSiLU:     func(x float64) float64 { return max(x, -200) * sigmoid(x) },
	opGELU:     func(x float64) float64 { return max(x, -40) * 0.5 * math.Erfc(-x/math.Sqrt2) },
	opGELUTanh: func(x float64) float64 { return max(x, -40) * sigmoid(2*math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)) },
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func run(l kernel.Level, f op, dst, src []float32) {
	dst = dst[:len(src)]
	if accelerated(l, f, dst, src) {
		return
	}
	g := reference[f]
	for i, x := range src {
		dst[i] = float32(g(float64(x)))
	}
}
