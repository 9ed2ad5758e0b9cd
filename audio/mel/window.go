package mel

// PadAudio gives one window [bin, frame] of a short sound: silence follows up to the window's end before anything is computed, so padding
// is at the floor of the normalised spectrogram (openai decode(), Hugging Face, whisper.cpp). Sound beyond the window is left out.
func (e *Extractor) PadAudio(samples []float32, frames int) []float32 {
	padded := make([]float32, frames*hopSamples)
	copy(padded, samples)
	raw := e.Raw(make([]float32, 0, frames*e.bins), padded)
	out := make([]float32, frames*e.bins)
	e.Planes(out, frames, raw, Peak(raw))
	return out
}

// PadMel gives one window [bin, frame] of a short sound: its frames, then literal zeros, which lie well above the floor (openai
// transcribe(), faster-whisper). As there, one hop of silence follows the sound and its frame counts for the peak, but is not
// part of the window (SYSTRAN/faster-whisper@v1.2.1 feature_extractor.py:192-205, transcribe.py:1181).
func (e *Extractor) PadMel(samples []float32, frames int) []float32 {
	s := e.NewStream()
	raw := s.Append(make([]float32, 0, (len(samples)/hopSamples+1)*e.bins), samples)
	raw = s.Flush(s.Append(raw, make([]float32, hopSamples)))
	out := make([]float32, frames*e.bins)
	e.Planes(out, frames, raw[:max(0, len(raw)-e.bins)], s.Peak())
	return out
}
