package mel

import "math"

// The grid of the reference (openai/whisper@v20240930, whisper/audio.py:15-18): 25 ms windows every 10 ms at 16 kHz.
const (
	windowSamples = 400
	hopSamples    = 160
	spectrumBins  = windowSamples/2 + 1
	rateHz        = 16000
)

// Slaney's scale (M. Slaney, Auditory Toolbox, 1998; librosa.filters.mel, htk=False): linear up to 1 kHz, 15 mels for 1000 Hz,
// logarithmic above, 27 mels for a factor of 6.4.
const (
	hzPerMel = 200.0 / 3
	breakHz  = 1000.0
	breakMel = breakHz / hzPerMel
)

var logStep = math.Log(6.4) / 27

func hzToMel(hz float64) float64 {
	if hz < breakHz {
		return hz / hzPerMel
	}
	return breakMel + math.Log(hz/breakHz)/logStep
}

func melToHz(mel float64) float64 {
	if mel < breakMel {
		return mel * hzPerMel
	}
	return breakHz * math.Exp(logStep*(mel-breakMel))
}

// filter is one triangle over the spectrum, without the zeros around it.
type filter struct {
	first   int
	weights []float64
}

// filters gives overlapping triangles between 0 and 8 kHz, each of area 1 in Hz.
func filters(bins int) []filter {
	edges := make([]float64, bins+2)
	top := hzToMel(rateHz / 2)
	for i := range edges {
		edges[i] = melToHz(top * float64(i) / float64(bins+1))
	}
	all := make([]filter, bins)
	for b := range all {
		low, mid, high := edges[b], edges[b+1], edges[b+2]
		for k := range spectrumBins {
			hz := float64(k) * rateHz / windowSamples
			w := min((hz-low)/(mid-low), (high-hz)/(high-mid))
			if w <= 0 {
				continue
			}
			if all[b].weights == nil {
				all[b].first = k
			}
			all[b].weights = append(all[b].weights, w*2/(high-low))
		}
	}
	return all
}

// hann is the periodic window of torch.hann_window.
func hann() []float64 {
	w := make([]float64, windowSamples)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/windowSamples)
	}
	return w
}
