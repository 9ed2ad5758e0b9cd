// Package mel computes the log-mel spectrogram that Whisper hears: frames of 80 or 128 bins, 100 a second, of 16 kHz mono sound
// (openai/whisper@v20240930, whisper/audio.py:110-157).
//
// Frame i is centred on sample 160 i: 400 samples under a periodic Hann window, power spectrum, Slaney filters, log10 with a floor of
// 1e-10. The sound is reflected at both ends; N samples give N/160 frames. These are raw frames, laid out [frame, bin]. A model wants them normalised:
//
//	y = (max(raw, peak-8) + 4) / 4
//
// where peak is the largest raw value of the whole sound. A live sound has no whole, so frames are computed once as they come
// ([Stream]) and normalised afterwards, as often as needed, with the peak known by then. A long recording is read twice: once for
// its peak, once for its frames.
package mel

import (
	"math"

	"github.com/dauys/dauys/audio/fft"
	"github.com/dauys/dauys/fault"
)

// HopSamples is the distance between frames.
const HopSamples = hopSamples

// Floor is the least raw value: the logarithm of the least power.
const Floor = -10

// leastPower is where power is clamped before the logarithm (audio.py:154).
const leastPower = 1e-10

// Extractor holds what does not change: filters, window and plan. It is immutable and safe for concurrent use.
type Extractor struct {
	bins    int
	window  []float64
	filters []filter
	plan    *fft.Real
}

// New makes an extractor of 80 bins, or of 128 (large-v3).
func New(bins int) (*Extractor, error) {
	if bins != 80 && bins != 128 {
		return nil, fault.Errorf("mel.New", fault.Unsupported, "%d mel bins: Whisper has 80 or 128", bins)
	}
	plan, err := fft.NewReal(windowSamples)
	if err != nil {
		return nil, err
	}
	return &Extractor{bins: bins, window: hann(), filters: filters(bins), plan: plan}, nil
}

// Bins is the height of a frame.
func (e *Extractor) Bins() int { return e.bins }

// scratch is what one frame needs while it is computed.
type scratch struct {
	windowed []float64
	power    []float64
	work     []complex128
}

func newScratch() scratch {
	return scratch{make([]float64, windowSamples), make([]float64, spectrumBins), make([]complex128, windowSamples)}
}

// frame appends the raw frame of 400 samples to dst.
func (e *Extractor) frame(dst, samples []float32, s *scratch) []float32 {
	samples = samples[:windowSamples]
	for i, w := range e.window {
		s.windowed[i] = w * float64(samples[i])
	}
	e.plan.Power(s.power, s.windowed, s.work)
	for i := range e.filters {
		f := &e.filters[i]
		sum, power := 0.0, s.power[f.first:]
		for k, w := range f.weights {
			sum += w * power[k]
		}
		dst = append(dst, float32(math.Log10(max(sum, leastPower))))
	}
	return dst
}

// Raw appends the raw frames of a whole sound to dst.
func (e *Extractor) Raw(dst, samples []float32) []float32 {
	s := e.NewStream()
	return s.Flush(s.Append(dst, samples))
}

// Peak is the largest value of raw frames, Floor when there are none.
func Peak(raw []float32) float32 {
	peak := float32(Floor)
	for _, v := range raw {
		peak = max(peak, v)
	}
	return peak
}

// Normalise stores normalised frames in dst, which may be raw itself; the layout stays [frame, bin].
func Normalise(dst, raw []float32, peak float32) {
	floor := peak - 8
	for i, v := range raw {
		dst[i] = (max(v, floor) + 4) / 4
	}
}

// Planes stores normalised frames turned to [bin, frame], where dst has stride frames a bin; frames beyond those of raw stay as they are.
func (e *Extractor) Planes(dst []float32, stride int, raw []float32, peak float32) {
	floor := peak - 8
	for t := 0; len(raw) >= e.bins && t < stride; t++ {
		for b, v := range raw[:e.bins] {
			dst[b*stride+t] = (max(v, floor) + 4) / 4
		}
		raw = raw[e.bins:]
	}
}
