package resample

import "math"

// The quality of the filter: everything above the lower of both Nyquist frequencies is 140 dB down (below the noise of 24 bits), and
// the band up to passband of it is flat to 1e-7.
const (
	stopbandDB = 140
	passband   = 0.91
)

// beta and the length of a Kaiser window follow from the attenuation (Kaiser 1974; Oppenheim and Schafer, 3rd edition, 7.75 and 7.76).
const beta = 0.1102 * (stopbandDB - 8.7)

// taps is the length of the filter in input samples for a cut-off of nyquist cycles a sample, a multiple of 8.
func taps(nyquist float64) int {
	transition := 2 * math.Pi * nyquist * (1 - passband)
	n := (stopbandDB - 7.95) / (2.285 * transition)
	return (int(math.Ceil(n)) + 8) &^ 7
}

// kernel evaluates the windowed sinc.
type kernel struct {
	cutoff float64 // middle of the transition band, cycles a sample
	half   float64 // half of the length, samples
	scale  float64 // 1 / I0(beta)
}

func newKernel(nyquist float64, taps int) kernel {
	return kernel{cutoff: nyquist * (1 + passband) / 2, half: float64(taps) / 2, scale: 1 / besselI0(beta)}
}

// at is the impulse response t samples from its middle.
func (k kernel) at(t float64) float64 {
	r := t / k.half
	if r <= -1 || r >= 1 {
		return 0
	}
	window := besselI0(beta*math.Sqrt(1-r*r)) * k.scale
	x := 2 * math.Pi * k.cutoff * t
	if math.Abs(x) < 1e-9 {
		return 2 * k.cutoff * window
	}
	return 2 * k.cutoff * window * math.Sin(x) / x
}

// phases gives rows of coefficients, one after another: row p is the filter for an output that lies p/count of a sample behind the middle.
// Each row sums to 1, so a constant stays what it is.
func phases(k kernel, taps, count, rows int) []float32 {
	table := make([]float32, rows*taps)
	row := make([]float64, taps)
	for p := range rows {
		sum := 0.0
		for i := range row {
			row[i] = k.at(float64(i-taps/2+1) - float64(p)/float64(count))
			sum += row[i]
		}
		for i, v := range row {
			table[p*taps+i] = float32(v / sum)
		}
	}
	return table
}

// besselI0 is the modified Bessel function of order zero by its power series, to the last bit for the arguments of a window.
func besselI0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}
