package mel

// reflected is how many samples stand mirrored before the first and after the last.
const reflected = windowSamples / 2

// Stream computes raw frames of sound as it comes. Each frame is computed once. It is not safe for concurrent use.
type Stream struct {
	from    *Extractor
	scratch scratch
	// pending holds the samples from the first one that the next frame needs. Before the mirrored beginning can be known it holds
	// the beginning itself.
	pending []float32
	begun   bool
	peak    float32
}

// NewStream begins a sound.
func (e *Extractor) NewStream() *Stream {
	return &Stream{from: e, scratch: newScratch(), peak: Floor}
}

// Peak is the largest raw value so far.
func (s *Stream) Peak() float32 { return s.peak }

// Append appends to dst the raw frames [frame, bin] that samples complete. A frame is complete 200 samples after its middle.
func (s *Stream) Append(dst, samples []float32) []float32 {
	for len(samples) > 0 {
		n := min(len(samples), 16*hopSamples) // keeps what is pending small, whatever the caller writes
		s.pending = append(s.pending, samples[:n]...)
		samples = samples[n:]
		if !s.begun && len(s.pending) > reflected {
			s.begin()
		}
		if s.begun {
			dst = s.frames(dst)
		}
	}
	return dst
}

// Flush appends the last frames, for which the sound is mirrored at its end, to dst. The stream then begins another sound.
func (s *Stream) Flush(dst []float32) []float32 {
	if !s.begun && len(s.pending) > 0 {
		s.begin()
	}
	// The reference drops the last frame, which is centred within a hop of the end, so most of the mirrored end is not needed.
	for i, n := 0, len(s.pending); n > 0 && i < reflected-hopSamples; i++ {
		s.pending = append(s.pending, s.pending[mirror(n+i, n)])
	}
	dst = s.frames(dst)
	s.pending, s.begun = s.pending[:0], false
	return dst
}

// begin puts the mirrored beginning before what is pending.
func (s *Stream) begin() {
	n := len(s.pending)
	all := make([]float32, 0, windowSamples+32*hopSamples)
	for i := range reflected {
		all = append(all, s.pending[mirror(i-reflected, n)])
	}
	s.pending, s.begun = append(all, s.pending...), true
}

// frames computes all frames that the pending samples complete.
func (s *Stream) frames(dst []float32) []float32 {
	at, was := 0, len(dst)
	for ; at+windowSamples <= len(s.pending); at += hopSamples {
		dst = s.from.frame(dst, s.pending[at:], &s.scratch)
	}
	s.pending = s.pending[:copy(s.pending, s.pending[at:])]
	s.peak = max(s.peak, Peak(dst[was:]))
	return dst
}

// mirror folds an index into 0 .. n-1 by reflection at both ends, as often as it takes (numpy.pad, mode reflect).
func mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	return min(i, period-i)
}
