package whisper

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/nn"
	"github.com/dauys/dauys/tensor/weights"
	token "github.com/dauys/dauys/text/token/whisper"
)

// weightFiles are the names under which a model's weights lie in its folder, in order of preference: Hugging Face,
// CTranslate2, OpenAI and older exporters, whisper.cpp. An index names the shards of a large model.
var weightFiles = []string{
	"model.safetensors", "model.safetensors.index.json", "model.bin", "pytorch_model.bin", "pytorch_model.bin.index.json",
	"*.pt", "ggml-*.bin",
}

// Loaded is a model with its tokenizer. Close unmaps the weights; nothing that was compiled from the model needs them
// afterwards, but nothing more can be compiled.
type Loaded struct {
	Model  *Model
	Tokens *token.Tokenizer
	file   *weights.File
}

// Close unmaps the weights.
func (l *Loaded) Close() error { return l.file.Close() }

// Load opens the model in a folder: weights in any of the spellings, tokenizer, and settings from config.json and
// generation_config.json where they are there.
func Load(dir string) (*Loaded, error) {
	const op = "whisper.Load"
	path, err := findWeights(dir)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	tokens, err := token.Load(dir)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	file, err := weights.Open(path)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	m, err := bind(file, dir)
	if err != nil {
		return nil, fault.E(op, fault.Other, errors.Join(err, file.Close()))
	}
	return &Loaded{Model: m, Tokens: tokens, file: file}, nil
}

func findWeights(dir string) (string, error) {
	for _, name := range weightFiles {
		found, err := filepath.Glob(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	if _, err := os.Stat(dir); err != nil {
		return "", err
	}
	return "", fault.Errorf("whisper.Load", fault.NotFound, "%s holds no weights (%v): pull or add the model again", dir, weightFiles)
}

// bind lays out a network with as many blocks as the file has, fills it, and reads the sizes back.
func bind(file *weights.File, dir string) (*Model, error) {
	m := &Model{
		Encoder: Encoder{Blocks: make([]EncoderBlock, countBlocks(file, "encoder"))},
		Decoder: Decoder{Blocks: make([]DecoderBlock, countBlocks(file, "decoder"))},
	}
	m.Encoder.options()
	if err := weights.Bind(m, file, names(file)); err != nil {
		return nil, err
	}
	shapes := map[string][]int{}
	for f := range nn.Walk(m) {
		shapes[f.Path] = (*f.Param).Shape
	}
	settings, err := readSettings(dir)
	if err != nil {
		return nil, err
	}
	if heads, err := file.Int("decoder/num_heads"); err == nil { // CTranslate2
		settings = append(settings, []byte(`{"n_audio_head":`+strconv.Itoa(heads)+`}`))
	}
	m.Config, err = ParseConfig(func(name string) ([]int, bool) { s, ok := shapes[name]; return s, ok }, settings...)
	if err != nil {
		return nil, err
	}
	return m, m.check(shapes)
}

// check compares every weight's shape with what the configuration says.
func (m *Model) check(shapes map[string][]int) error {
	for name, got := range shapes {
		want := m.Config.shape(name)
		same := len(got) == len(want)
		for i := 0; same && i < len(got); i++ {
			same = got[i] == want[i]
		}
		if !same {
			return fault.Errorf("whisper.Load", fault.Corrupt, "weight %s is %v, a model of width %d needs %v", name, got, m.Config.Width, want)
		}
	}
	return nil
}

var blockNumber = regexp.MustCompile(`(encoder|decoder)[./](?:layers\.|blocks\.|layer_)(\d+)[./]`)

// maxBlocks is far above the largest Whisper (32) and keeps a lying file from asking for memory.
const maxBlocks = 256

func countBlocks(file *weights.File, side string) int {
	n := 0
	for _, t := range file.Tensors {
		if m := blockNumber.FindStringSubmatch(t.Name); m != nil && m[1] == side {
			if i, err := strconv.Atoi(m[2]); err == nil && i < maxBlocks {
				n = max(n, i+1)
			}
		}
	}
	return n
}

func readSettings(dir string) (files [][]byte, err error) {
	for _, name := range []string{"config.json", "generation_config.json"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, b)
	}
	return files, nil
}
