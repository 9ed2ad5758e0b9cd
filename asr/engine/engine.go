package engine

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/vad"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/models"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
)

// Config of an engine. The zero value, but for Models, is a good default.
type Config struct {
	Models  models.Folder         // where models are
	Default string                // model of requests that name none; "" = whisper-base
	VAD     string                // voice detector; "" = silero-vad-v6
	Voice   func() (Voice, error) // makes a detector of one sound; nil = the model that VAD names
	CPU     cpu.Config            // level, threads, type of the weights
	// Recordings is how many windows of recordings are read at the same time; 0 = 4. More need more memory, and read
	// faster where the machine has the cores.
	Recordings int
	// Streams is how many live streams there may be; 0 = 4.
	Streams int
	Log     *slog.Logger     // nil = silence
	Now     func() time.Time // the clock; nil = time.Now
}

// Voice tells speech from other sound. vad.Stream is one.
type Voice interface {
	// Probability tells how likely the next vad.FrameSamples samples hold speech.
	Probability(ctx context.Context, frame []float32) (float32, error)
	Close()
}

// Engine recognises speech in this process. It is safe for concurrent use.
type Engine struct {
	config Config
	device *cpu.Device
	ears   *cpu.Device // of one thread, for voice detection
	log    *slog.Logger

	mu      sync.Mutex
	models  map[string]*model
	vad     *vad.Model
	streams int
	work    sync.WaitGroup  // recordings and streams that have not ended
	life    context.Context // of all work; ends with Close
	end     context.CancelCauseFunc
	seats   chan struct{} // windows of recordings being read
}

var _ asr.Recognizer = (*Engine)(nil)

// New makes an engine. Models are loaded when they are first asked for.
func New(c Config) (*Engine, error) {
	const op = "engine.New"
	if c.Default == "" {
		c.Default = "whisper-base"
	}
	if c.VAD == "" {
		c.VAD = "silero-vad-v6"
	}
	if c.Recordings == 0 {
		c.Recordings = 4
	}
	if c.Streams == 0 {
		c.Streams = 4
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Recordings < 1 || c.Streams < 0 {
		return nil, fault.Errorf(op, fault.Invalid, "%d recordings and %d streams at a time: both must be positive", c.Recordings, c.Streams)
	}
	one := c.CPU
	one.Threads = 1
	if c.CPU.Weights == cpu.KeepSource {
		c.CPU.Weights = cpu.HalfFloat
	}
	device, err := cpu.New(c.CPU)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	ears, err := cpu.New(one)
	if err != nil {
		device.Close()
		return nil, fault.E(op, fault.Other, err)
	}
	e := &Engine{config: c, device: device, ears: ears, log: c.Log, models: map[string]*model{}, seats: make(chan struct{}, c.Recordings)}
	e.life, e.end = context.WithCancelCause(context.Background())
	return e, nil
}

var errClosedEngine = fault.Errorf("engine.Close", fault.Unavailable, "the engine is closed")

// Close ends all recordings and streams, stops the models and waits for them.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.end(errClosedEngine)
	e.mu.Unlock()
	e.work.Wait()
	var errs []error
	for _, m := range e.models {
		errs = append(errs, m.close())
	}
	clear(e.models)
	e.device.Close()
	e.ears.Close()
	return fault.E("engine.Close", fault.Other, errors.Join(errs...))
}

// enter begins work, which ends when ctx or the engine does. The caller calls leave when it has.
func (e *Engine) enter(ctx context.Context) (work context.Context, leave func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.life.Err() != nil {
		return nil, nil, errClosedEngine
	}
	e.work.Add(1)
	work, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(e.life, func() { cancel(errClosedEngine) })
	return work, func() {
		stop()
		cancel(nil)
		e.work.Done()
	}, nil
}

// Models tells which Whisper models the folder holds.
func (e *Engine) Models(context.Context) ([]asr.ModelInfo, error) {
	all, err := e.config.Models.List()
	if err != nil {
		return nil, fault.E("engine.Models", fault.Other, err)
	}
	var out []asr.ModelInfo
	for _, l := range all {
		if l.Family == "whisper" && l.State == models.Installed {
			out = append(out, asr.ModelInfo{
				ID: l.ID, Family: l.Family, Languages: slices.Clone(l.Languages), Default: l.ID == e.config.Default, Note: l.Note,
			})
		}
	}
	return out, nil
}

// Device is where the models run.
func (e *Engine) Device() tensor.Device { return e.device }

// model gives a loaded model, loading it at first. id "" is the default.
func (e *Engine) model(id string) (*model, error) {
	if id == "" {
		id = e.config.Default
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if m := e.models[id]; m != nil {
		return m, nil
	}
	dir, err := e.config.Models.Locate(id)
	if err != nil {
		return nil, err
	}
	begun := e.config.Now()
	m, err := load(id, dir, e)
	if err != nil {
		return nil, fault.Errorf("engine.model", fault.KindOf(err), "model %s: %w", id, err)
	}
	e.log.Info("model loaded", "model", id, "dur_ms", e.config.Now().Sub(begun).Milliseconds())
	e.models[id] = m
	return m, nil
}

// listen begins voice detection of one sound, loading the detector at first.
func (e *Engine) listen() (Voice, error) {
	if e.config.Voice != nil {
		return e.config.Voice()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.vad == nil {
		dir, err := e.config.Models.Locate(e.config.VAD)
		if err != nil {
			return nil, err
		}
		path, err := detectorFile(dir)
		if err != nil {
			return nil, err
		}
		if e.vad, err = vad.Open(e.ears, path); err != nil {
			return nil, err
		}
	}
	s, err := e.vad.NewStream()
	if err != nil {
		return nil, err
	}
	return s, nil
}

func detectorFile(dir string) (string, error) {
	for _, name := range []string{"*.bin", "*.safetensors", "*.onnx"} {
		found, err := filepath.Glob(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return "", fault.Errorf("engine.listen", fault.NotFound, "%s holds no voice detector: pull or add it again", dir)
}

// languages checks the set to detect from, and fills it.
func (m *model) languages(asked []string) ([]string, error) {
	if len(asked) == 0 {
		for _, l := range []string{"kk", "ru", "en"} {
			if m.whisper.Knows(l) {
				asked = append(asked, l)
			}
		}
		return asked, nil
	}
	for _, l := range asked {
		if !m.whisper.Knows(l) {
			return nil, fault.Errorf("engine.languages", fault.Invalid, "model %s does not know the language %q: choose another (kk, ru, en) or another model",
				m.id, strings.ToLower(l))
		}
	}
	return asked, nil
}
