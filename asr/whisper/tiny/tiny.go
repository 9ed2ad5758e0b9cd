// Package tiny writes a Whisper model of a few thousand random weights, with the vocabulary of a multilingual one: tests
// run everything on it, without downloads. It hears nonsense, but always the same.
package tiny

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/nn"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/safetensors"
)

// Config is the network's: one block a side, two heads of 8.
func Config() whisper.Config {
	return whisper.Config{
		Mels: 80, Width: 16, Heads: 2, FeedWidth: 64, AudioLen: 1500, TextLen: 448, Encoders: 1, Decoders: 1, Vocabulary: 51865,
		AlignmentHeads: [][2]int{{0, 0}, {0, 1}},
	}
}

// Write puts the model in a folder: model.safetensors, config.json and vocabulary.txt.
func Write(dir string) error {
	const op = "tiny.Write"
	c := Config()
	var all []*mapped.Tensor
	for f := range nn.Walk(whisper.New(c)) {
		all = append(all, random((*f.Param).Name, (*f.Param).Shape))
	}
	var model bytes.Buffer
	if err := safetensors.Write(&model, all, nil); err != nil {
		return fault.E(op, fault.Other, err)
	}
	settings := fmt.Sprintf(`{"decoder_attention_heads": %d, "alignment_heads": [[0, 0], [0, 1]]}`, c.Heads)
	return fault.E(op, fault.Other, errors.Join(
		os.WriteFile(filepath.Join(dir, "model.safetensors"), model.Bytes(), 0o600),
		os.WriteFile(filepath.Join(dir, "config.json"), []byte(settings), 0o600),
		os.WriteFile(filepath.Join(dir, "vocabulary.txt"), vocabulary(), 0o600)))
}

// random gives a tensor whose values depend on its name only. Gains are 1, vectors 0.
func random(name string, shape []int) *mapped.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash takes all
	draw := rand.New(rand.NewPCG(h.Sum64(), 1))
	scale := 1 / math.Sqrt(float64(n/shape[0]))
	b := make([]byte, 0, 4*n)
	for range n {
		v := float32(draw.NormFloat64() * scale)
		switch {
		case strings.HasSuffix(name, "norm.weight"):
			v = 1
		case len(shape) == 1:
			v = 0
		}
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return &mapped.Tensor{Name: name, Type: mapped.F32, Shape: shape, Load: func() ([]byte, error) { return b, nil }}
}

// vocabulary spells 50257 text tokens, the first 256 of which are bytes, and the special ones.
func vocabulary() []byte {
	var b strings.Builder
	for i := range 256 {
		b.WriteRune(byteSign(i))
		b.WriteByte('\n')
	}
	for i := 256; i < 50257; i++ {
		fmt.Fprintf(&b, "Ġ%s\n", syllables(i))
	}
	for _, name := range special() {
		b.WriteString("<|" + name + "|>\n")
	}
	return []byte(b.String())
}

// byteSign spells the token of one byte as GPT-2 does: first the 188 printable ones, then the others as the characters from
// U+0100 on (openai/gpt-2 encoder.py, bytes_to_unicode).
func byteSign(i int) rune {
	switch {
	case i < 94:
		return rune('!' + i)
	case i < 106:
		return rune('¡' + i - 94)
	case i < 188:
		return rune('®' + i - 106)
	}
	return rune(0x100 + i - 188)
}

// syllables makes a word of a number.
func syllables(n int) string {
	const consonants, vowels = "bcdfghjklmnpqrstvwxz", "aeiou"
	var b strings.Builder
	for ; n > 0; n /= 100 {
		b.WriteByte(consonants[n%100/5])
		b.WriteByte(vowels[n%5])
	}
	return b.String()
}

// special lists the special tokens behind the text: English, Russian and Kazakh stand where they do in the real list.
func special() []string {
	names := []string{"endoftext", "startoftranscript"}
	for i := range 99 {
		names = append(names, string([]byte{'q', byte('a' + i/26), byte('a' + i%26)}))
	}
	names[2], names[6], names[59] = "en", "ru", "kk"
	return append(names, "translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
}
