package asr

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/fault"
	asrv1 "github.com/dauys/dauys/proto/dauys/asr/v1"
)

// toMS writes a time as milliseconds; whole nanoseconds survive for 104 days (2^53 ns).
func toMS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func fromMS(ms float64) time.Duration {
	return time.Duration(math.Round(ms * float64(time.Millisecond)))
}

// packSamples writes samples as little-endian 32-bit floats.
func packSamples(samples []float32) []byte {
	b := make([]byte, 4*len(samples))
	for i, x := range samples {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(x))
	}
	return b
}

// unpackSamples reads what packSamples wrote. channels is the number of samples a frame.
func unpackSamples(b []byte, channels int) ([]float32, error) {
	const op fault.Op = "asr.unpackSamples"
	if len(b)%(4*channels) != 0 {
		return nil, fault.Errorf(op, fault.Invalid, "sound message of %d bytes: it must hold whole frames of %d bytes", len(b), 4*channels)
	}
	samples := make([]float32, len(b)/4)
	for i := range samples {
		x := math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if x-x != 0 { // NaN or infinite
			return nil, fault.Errorf(op, fault.Invalid, "sample %d of a sound message is not a finite number", i)
		}
		samples[i] = x
	}
	return samples, nil
}

func optionsToProto(o asr.Options) *asrv1.RecognizeOptions {
	padding := asrv1.Padding_PADDING_MEL
	if o.Padding == asr.PadAudio {
		padding = asrv1.Padding_PADDING_AUDIO
	}
	return &asrv1.RecognizeOptions{
		Model: o.Model, Languages: o.Languages, Beam: uint32(max(o.Beam, 0)), NoTimestamps: o.NoTimestamps,
		NoFallback: o.NoFallback, NoVad: o.NoVAD, WordTimes: o.WordTimes, Padding: padding,
		Prompt: o.Prompt, HotWords: o.HotWords, Progress: o.Progress != nil,
	}
}

func optionsFromProto(o *asrv1.RecognizeOptions) asr.Options {
	padding := asr.PadMel
	if o.GetPadding() == asrv1.Padding_PADDING_AUDIO {
		padding = asr.PadAudio
	}
	return asr.Options{
		Model: o.GetModel(), Languages: o.GetLanguages(), Beam: int(o.GetBeam()), NoTimestamps: o.GetNoTimestamps(),
		NoFallback: o.GetNoFallback(), NoVAD: o.GetNoVad(), WordTimes: o.GetWordTimes(), Padding: padding,
		Prompt: o.GetPrompt(), HotWords: o.GetHotWords(),
	}
}

func segmentToProto(s asr.Segment) *asrv1.Segment {
	return &asrv1.Segment{
		StartMs: toMS(s.Start), EndMs: toMS(s.End), Text: s.Text, Language: s.Language,
		Words: wordsToProto(s.Words, 0), Tokens: s.Tokens, AvgLogProb: s.AvgLogProb, NoSpeechProb: s.NoSpeechProb,
		CompressionRatio: s.CompressionRatio, Temperature: s.Temperature,
	}
}

func segmentFromProto(s *asrv1.Segment) asr.Segment {
	return asr.Segment{
		Start: fromMS(s.GetStartMs()), End: fromMS(s.GetEndMs()), Text: s.GetText(), Language: s.GetLanguage(),
		Words: wordsFromProto(s.GetWords(), 0), Tokens: s.GetTokens(), AvgLogProb: s.GetAvgLogProb(),
		NoSpeechProb: s.GetNoSpeechProb(), CompressionRatio: s.GetCompressionRatio(), Temperature: s.GetTemperature(),
	}
}

// wordsToProto and wordsFromProto move times by shift on the way.
func wordsToProto(words []asr.Word, shift time.Duration) []*asrv1.Word {
	var out []*asrv1.Word
	for _, w := range words {
		out = append(out, &asrv1.Word{Text: w.Text, StartMs: toMS(w.Start + shift), EndMs: toMS(w.End + shift), Confidence: w.Confidence})
	}
	return out
}

func wordsFromProto(words []*asrv1.Word, shift time.Duration) []asr.Word {
	var out []asr.Word
	for _, w := range words {
		out = append(out, asr.Word{
			Text: w.GetText(), Start: fromMS(w.GetStartMs()) + shift, End: fromMS(w.GetEndMs()) + shift, Confidence: w.GetConfidence(),
		})
	}
	return out
}

func hypothesisToProto(h asr.Hypothesis) *asrv1.Hypothesis {
	return &asrv1.Hypothesis{
		Seq: uint32(h.Seq), FromMs: toMS(h.From), ThroughMs: toMS(h.Through), Language: h.Language,
		Words: wordsToProto(h.Words, 0), Endpoint: h.Endpoint, Speech: h.Speech, Loop: h.Loop, ComputeMs: toMS(h.Compute),
	}
}

// hypothesisFromProto moves the times of a link that began at shift to the times of the whole stream.
func hypothesisFromProto(h *asrv1.Hypothesis, shift time.Duration) asr.Hypothesis {
	return asr.Hypothesis{
		Seq: int64(h.GetSeq()), From: fromMS(h.GetFromMs()) + shift, Through: fromMS(h.GetThroughMs()) + shift,
		Language: h.GetLanguage(), Words: wordsFromProto(h.GetWords(), shift), Endpoint: h.GetEndpoint(),
		Speech: h.GetSpeech(), Loop: h.GetLoop(), Compute: fromMS(h.GetComputeMs()),
	}
}
