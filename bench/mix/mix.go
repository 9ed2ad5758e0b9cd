package mix

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/fault"
)

// Config of a recording.
type Config struct {
	// Data is the folder with transcripts.tsv and its clips (../shared/data). "" = the demonstration recording.
	Data string
	// Least is how long the recording must be; clips are left out or repeated, and it ends with a whole one. 0 = each clip once.
	Least time.Duration
}

// Clip is a clip's place in the recording.
type Clip struct {
	Name       string        `json:"name"` // file name without its ending
	Language   string        `json:"language"`
	Start, End time.Duration `json:"-"`
	StartMS    int64         `json:"start_ms"`
	EndMS      int64         `json:"end_ms"`
	Text       string        `json:"text"`
}

// Recording is the test recording and what is said in it.
type Recording struct {
	Samples []float32 // 16 kHz mono
	Clips   []Clip    // the manifest, in order
	Rounds  int       // how often the first clip occurs
}

// New builds the recording.
func New(ctx context.Context, c Config) (*Recording, error) {
	take := fromDemo
	if c.Data != "" {
		take = fromData
	}
	clips, err := take(ctx, c.Data)
	if err != nil {
		return nil, fault.E("mix.New", fault.Other, err)
	}
	r := &Recording{}
	noise := newNoise()
	for least := audio.Samples(c.Least, audio.RateHz); r.Rounds == 0 || int64(len(r.Samples)) < least; {
		r.Rounds++
		for _, clip := range clips {
			r.add(clip, noise)
			if least > 0 && int64(len(r.Samples)) >= least {
				break
			}
		}
	}
	r.Samples = noise.append(r.Samples, audio.RateHz)
	return r, nil
}

// sound is a clip before it has a place.
type sound struct {
	name, language, text string
	samples              []float32
}

func (r *Recording) add(s sound, n *noise) {
	r.Samples = n.append(r.Samples, audio.RateHz/2+n.random.IntN(audio.RateHz))
	start := audio.Duration(int64(len(r.Samples)), audio.RateHz)
	r.Samples = append(r.Samples, s.samples...)
	end := audio.Duration(int64(len(r.Samples)), audio.RateHz)
	r.Clips = append(r.Clips, Clip{
		Name: s.name, Language: s.language, Text: s.text,
		Start: start, End: end, StartMS: start.Milliseconds(), EndMS: end.Milliseconds(),
	})
}

// Duration is the length of the recording.
func (r *Recording) Duration() time.Duration {
	return audio.Duration(int64(len(r.Samples)), audio.RateHz)
}

// Sound gives the samples between two times.
func (r *Recording) Sound(from, to time.Duration) []float32 {
	n := int64(len(r.Samples))
	return r.Samples[min(n, audio.Samples(from, audio.RateHz)):min(n, audio.Samples(to, audio.RateHz))]
}

// Source reads the recording from its beginning.
func (r *Recording) Source() audio.Rewinder { return NewSource(r.Samples) }

// WriteWAV writes the recording into folder dir, for programs that read files, and gives the file's path.
func (r *Recording) WriteWAV(dir string) (string, error) {
	const op = "mix.WriteWAV"
	path := filepath.Join(dir, "mix.wav")
	f, err := os.Create(path)
	if err != nil {
		return "", fault.E(op, fault.Other, err)
	}
	err = wav.Write(f, audio.Format{RateHz: audio.RateHz, Channels: 1}, r.Samples)
	return path, fault.E(op, fault.Other, errors.Join(err, f.Close()))
}

// Source reads mono samples at 16 kHz from memory. It is an audio.Rewinder and an audio.Sized.
type Source struct {
	samples []float32
	next    int
}

// NewSource makes a source of samples.
func NewSource(samples []float32) *Source { return &Source{samples: samples} }

// Format is 16 kHz mono.
func (s *Source) Format() audio.Format { return audio.Format{RateHz: audio.RateHz, Channels: 1} }

// Frames is the number of samples.
func (s *Source) Frames() int64 { return int64(len(s.samples)) }

// Read implements audio.Source.
func (s *Source) Read(p []float32) (int, error) {
	if s.next == len(s.samples) {
		return 0, io.EOF
	}
	n := copy(p, s.samples[s.next:])
	s.next += n
	return n, nil
}

// Rewind goes back to the first sample.
func (s *Source) Rewind() error {
	s.next = 0
	return nil
}

// noise is pink noise: white noise through Paul Kellet's economy filter (musicdsp.org, "Pink noise filter"), three
// low-passes whose sum falls by 3 dB an octave.
type noise struct {
	random     *rand.Rand
	b0, b1, b2 float64
}

func newNoise() *noise { return &noise{random: rand.New(rand.NewPCG(2026, 3))} }

// loudness scales the filter's output, whose root mean square is about 1.6 for white noise in [-1, 1], to -60 dBFS.
const loudness = 0.001 / 1.6

func (n *noise) append(dst []float32, samples int) []float32 {
	for range samples {
		white := 2*n.random.Float64() - 1
		n.b0 = 0.99765*n.b0 + white*0.0990460
		n.b1 = 0.96300*n.b1 + white*0.2965164
		n.b2 = 0.57000*n.b2 + white*1.0526913
		dst = append(dst, float32(loudness*(n.b0+n.b1+n.b2+white*0.1848)))
	}
	return dst
}
