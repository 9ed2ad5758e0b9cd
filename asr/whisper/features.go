package whisper

import (
	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio/mel"
)

// FramesPerSecond of the mel spectrogram.
const FramesPerSecond = 100

// Fill writes a window's normalised mel into dst [frames, bins]: the raw frames of the sound, then what follows it to the
// window's end. With asr.PadMel that is zeros, which lie well above silence; with asr.PadAudio the value that silence has.
func Fill(dst, raw []float32, peak float32, padding asr.Padding) {
	n := min(len(raw), len(dst))
	mel.Normalise(dst, raw[:n], peak)
	rest := dst[n:]
	if padding == asr.PadMel {
		clear(rest)
		return
	}
	silence := []float32{mel.Floor}
	mel.Normalise(silence, silence, peak)
	for i := range rest {
		rest[i] = silence[0]
	}
}

// TailFrames is how many frames after the end of a sound still hear it: windows are 400 samples wide, hops 160.
const TailFrames = 2

// RawFrames gives the raw mel frames of a whole sound, and their peak, as the reference pads it: silence follows, and with
// asr.PadAudio the frames that reach over the end are part of the sound.
func RawFrames(e *mel.Extractor, samples []float32, padding asr.Padding) (raw []float32, peak float32) {
	s := e.NewStream()
	raw = s.Append(make([]float32, 0, (len(samples)/mel.HopSamples+4)*e.Bins()), samples)
	raw = s.Append(raw, make([]float32, (TailFrames+1)*mel.HopSamples))
	frames := len(samples) / mel.HopSamples
	if padding == asr.PadAudio {
		frames += TailFrames
	}
	raw = raw[:min(len(raw), frames*e.Bins())]
	return raw, mel.Peak(raw)
}
