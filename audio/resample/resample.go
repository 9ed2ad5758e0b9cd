// Package resample changes the sample rate of one channel with a polyphase filter: a sinc under a Kaiser window, 140 dB down outside
// of the band, linear phase, no delay in the output.
//
// Output n is the band-limited input at time n*from/to. With from/to = M/L in lowest terms there are L different sets of
// coefficients; they are computed once. Ratios whose table would be too large get a table of fixed size, interpolated linearly with an
// error below -130 dB. N input samples give ceil(N*L/M) output samples, however they are cut.
//
// What a Resampler gives depends only on the samples before it, not on how they were cut: stream and batch agree to the bit.
package resample

import (
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/pcm"
	"github.com/dauys/dauys/fault"
)

// maxTable bounds the coefficients of an exact table: 8 MiB.
const maxTable = 2 << 20

// finePhases is the number of phases of an interpolated table for a filter that passes the whole band. Linear interpolation errs by
// (pi/phases)^2/8 at its upper end.
const finePhases = 4096

// blockSamples bounds how much input is taken at once, so that the history stays small whatever the caller writes.
const blockSamples = 4096

// Resampler converts one channel from one rate to another. It is not safe for concurrent use.
type Resampler struct {
	up, down int       // output n lies at input n*down/up
	taps     int       // of one phase
	fine     int       // number of phases of an interpolated table, 0 when there is a phase for each fraction
	table    []float32 // [phases][taps]

	history []float32 // input from the first sample that an output still needs
	whole   int       // position of the next output: history index of its first tap
	part    int       // and the fraction of a sample, in units of 1/up
	in, out int64     // samples taken and given
}

// maxRatio bounds from/to, and so the length of the filter.
const maxRatio = 128

// New makes a resampler. Both rates must be within 1 and 768000 Hz, and the new one not below 1/128 of the old.
func New(fromHz, toHz int) (*Resampler, error) {
	for _, hz := range []int{fromHz, toHz} {
		if err := pcm.Check(audio.Format{RateHz: hz, Channels: 1}); err != nil {
			return nil, err
		}
	}
	if fromHz/toHz >= maxRatio {
		return nil, fault.Errorf("resample.New", fault.Unsupported, "%d Hz to %d Hz is less than 1/%d: choose a higher rate", fromHz, toHz, maxRatio)
	}
	g := gcd(fromHz, toHz)
	r := &Resampler{up: toHz / g, down: fromHz / g}
	if r.up == r.down {
		return r, nil
	}
	nyquist := 0.5 * min(1, float64(toHz)/float64(fromHz))
	r.taps = taps(nyquist)
	k := newKernel(nyquist, r.taps)
	if r.up*r.taps <= maxTable {
		r.table = phases(k, r.taps, r.up, r.up)
	} else {
		r.fine = max(64, int(2*nyquist*finePhases))
		r.table = phases(k, r.taps, r.fine, r.fine+1)
	}
	r.history = make([]float32, 0, r.taps+blockSamples)
	r.Reset()
	return r, nil
}

// Reset forgets all samples: the next one is the first of a new sound.
func (r *Resampler) Reset() {
	r.in, r.out, r.part, r.whole = 0, 0, 0, 0
	if r.taps > 0 {
		r.history = r.history[:r.taps/2-1] // silence before the first sample, which is the middle tap of output 0
		clear(r.history)
	}
}

// Append appends to dst the output that src makes possible; the rest comes with later input or Flush. It allocates only what dst lacks.
func (r *Resampler) Append(dst, src []float32) []float32 {
	if r.taps == 0 {
		return append(dst, src...)
	}
	for len(src) > 0 {
		n := min(len(src), blockSamples)
		r.in += int64(n)
		dst = r.block(dst, src[:n])
		src = src[n:]
	}
	return dst
}

// Flush appends the end of the sound, as if silence followed, and resets.
func (r *Resampler) Flush(dst []float32) []float32 {
	if r.taps == 0 {
		return dst
	}
	var silence [blockSamples]float32
	left := (r.in*int64(r.up)+int64(r.down)-1)/int64(r.down) - r.out
	want := len(dst) + int(left)
	for len(dst) < want {
		dst = r.block(dst, silence[:])
	}
	r.Reset()
	return dst[:want]
}

// block takes at most blockSamples.
func (r *Resampler) block(dst, src []float32) []float32 {
	r.history = append(r.history, src...)
	was := len(dst)
	for r.whole+r.taps <= len(r.history) {
		dst = append(dst, r.output())
		r.part += r.down
		r.whole += r.part / r.up
		r.part %= r.up
	}
	r.out += int64(len(dst) - was)
	drop := min(r.whole, len(r.history))
	r.history = r.history[:copy(r.history, r.history[drop:])]
	r.whole -= drop
	return dst
}

// output computes the sample at the present position.
func (r *Resampler) output() float32 {
	x := r.history[r.whole : r.whole+r.taps]
	if r.fine == 0 {
		return dot(x, r.table[r.part*r.taps:])
	}
	at := float64(r.part) / float64(r.up) * float64(r.fine)
	p := int(at)
	a, b := dot(x, r.table[p*r.taps:]), dot(x, r.table[(p+1)*r.taps:])
	return a + float32(at-float64(p))*(b-a)
}

// dot is the inner product of x, whose length is a multiple of 8, with the beginning of h. Four sums keep the additions independent.
func dot(x, h []float32) float32 {
	h = h[:len(x)]
	var a, b, c, d float32
	for len(x) >= 8 && len(h) >= 8 {
		a += x[0]*h[0] + x[4]*h[4]
		b += x[1]*h[1] + x[5]*h[5]
		c += x[2]*h[2] + x[6]*h[6]
		d += x[3]*h[3] + x[7]*h[7]
		x, h = x[8:], h[8:]
	}
	return (a + b) + (c + d)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
