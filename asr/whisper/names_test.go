package whisper

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/tensor/nn"
	"github.com/dauys/dauys/tensor/weights"
	"github.com/dauys/dauys/tensor/weights/mapped"
	"github.com/dauys/dauys/tensor/weights/safetensors"
	"github.com/dauys/dauys/tensor/weights/weightstest"
)

// The conversions below do not use the name tables: they follow ../shared/peers/ct2_to_hf.py, which is how the spellings
// of the same weights relate.

// rowsOf is the i-th of n equal slices of rows of t, under another name.
func rowsOf(t *mapped.Tensor, i, n int, name string) *mapped.Tensor {
	part := *t
	part.Name = name
	part.Shape = append([]int{t.Shape[0] / n}, t.Shape[1:]...)
	part.Load = func() ([]byte, error) {
		b, err := t.Load()
		if err != nil {
			return nil, err
		}
		return b[i*len(b)/n : (i+1)*len(b)/n], nil
	}
	return &part
}

// spellOpenAI gives the tensors of a CTranslate2 file OpenAI's names.
func spellOpenAI(f *weights.File) (out []*mapped.Tensor) {
	put := func(to, from string) { out = append(out, rowsOf(f.Tensor(from), 0, 1, to)) }
	norm := func(to, from string) {
		put(to+".weight", from+"/gamma")
		put(to+".bias", from+"/beta")
	}
	linear := func(to, from string) {
		put(to+".weight", from+"/weight")
		put(to+".bias", from+"/bias")
	}
	fused := func(to, from string, parts ...string) {
		for i, part := range parts {
			out = append(out, rowsOf(f.Tensor(from+"/weight"), i, len(parts), to+"."+part+".weight"))
			if part != "key" {
				out = append(out, rowsOf(f.Tensor(from+"/bias"), i, len(parts), to+"."+part+".bias"))
			}
		}
	}
	linear("encoder.conv1", "encoder/conv1")
	linear("encoder.conv2", "encoder/conv2")
	put("decoder.token_embedding.weight", "decoder/embeddings/weight")
	norm("encoder.ln_post", "encoder/layer_norm")
	norm("decoder.ln", "decoder/layer_norm")
	for _, side := range []string{"encoder", "decoder"} {
		put(side+".positional_embedding", side+"/position_encodings/encodings")
		for i := 0; f.Tensor(fmt.Sprintf("%s/layer_%d/ffn/linear_0/weight", side, i)) != nil; i++ {
			from, to := fmt.Sprintf("%s/layer_%d/", side, i), fmt.Sprintf("%s.blocks.%d.", side, i)
			norm(to+"attn_ln", from+"self_attention/layer_norm")
			fused(to+"attn", from+"self_attention/linear_0", "query", "key", "value")
			linear(to+"attn.out", from+"self_attention/linear_1")
			if side == "decoder" {
				norm(to+"cross_attn_ln", from+"attention/layer_norm")
				linear(to+"cross_attn.query", from+"attention/linear_0")
				fused(to+"cross_attn", from+"attention/linear_1", "key", "value")
				linear(to+"cross_attn.out", from+"attention/linear_2")
			}
			norm(to+"mlp_ln", from+"ffn/layer_norm")
			linear(to+"mlp.0", from+"ffn/linear_0")
			linear(to+"mlp.2", from+"ffn/linear_1")
		}
	}
	return out
}

// hfNames are ct2_to_hf.py's replacements from OpenAI's names to Hugging Face's, in order.
var hfNames = [][2]string{
	{".blocks.", ".layers."},
	{".cross_attn_ln", ".encoder_attn_layer_norm"},
	{".attn_ln", ".self_attn_layer_norm"},
	{".mlp_ln", ".final_layer_norm"},
	{".cross_attn.", ".encoder_attn."},
	{".attn.", ".self_attn."},
	{".query", ".q_proj"},
	{".key", ".k_proj"},
	{".value", ".v_proj"},
	{".out.", ".out_proj."},
	{".mlp.0", ".fc1"},
	{".mlp.2", ".fc2"},
	{".ln_post", ".layer_norm"},
	{"decoder.ln.", "decoder.layer_norm."},
	{".token_embedding", ".embed_tokens"},
	{".positional_embedding", ".embed_positions.weight"},
}

func spellHF(tensors []*mapped.Tensor) (out []*mapped.Tensor) {
	for _, t := range tensors {
		renamed := *t
		for _, r := range hfNames {
			renamed.Name = strings.ReplaceAll(renamed.Name, r[0], r[1])
		}
		renamed.Name = "model." + renamed.Name
		out = append(out, &renamed)
	}
	return out
}

func openWeights(t *testing.T, path string) *weights.File {
	t.Helper()
	f, err := weights.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "weights"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := write(out); err != nil {
		t.Fatal(err)
	}
	return out.Name()
}

// bound is a model of f's sizes with f's weights.
func bound(t *testing.T, f *weights.File) *Model {
	t.Helper()
	canonical := weights.Apply(f, names(f))
	config, err := ParseConfig(canonical.Shape)
	if err != nil {
		t.Fatal(err)
	}
	m := New(config)
	if err := canonical.Bind(m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSameWeightsInEverySpellingAreTheSameBits(t *testing.T) {
	ct2 := openWeights(t, filepath.Join(shared.Model(t, "whisper-base"), "model.bin"))
	want := bound(t, ct2)
	openAI := spellOpenAI(ct2)
	var entries []weightstest.Pair
	for _, x := range openAI {
		entries = append(entries, weightstest.Pair{Key: x.Name, Value: x})
	}
	for name, write := range map[string]func(io.Writer) error{
		"Hugging Face": func(w io.Writer) error { return safetensors.Write(w, spellHF(openAI), nil) },
		"OpenAI": func(w io.Writer) error {
			return weightstest.WriteTorch(w, []weightstest.Pair{
				{Key: "dims", Value: []weightstest.Pair{{Key: "n_audio_head", Value: 8}}},
				{Key: "model_state_dict", Value: entries},
			})
		},
	} {
		t.Run(name, func(t *testing.T) { sameBits(t, bound(t, openWeights(t, written(t, write))), want) })
	}
}

func sameBits(t *testing.T, got, want *Model) {
	t.Helper()
	fields := map[string]nn.Field{}
	for f := range nn.Walk(got) {
		fields[f.Path] = f
	}
	for f := range nn.Walk(want) {
		p, q := *f.Param, *fields[f.Path].Param
		a, err := p.Load()
		if err != nil {
			t.Fatal(err)
		}
		b, err := q.Load()
		if err != nil {
			t.Fatal(err)
		}
		if p.DType != q.DType || !bytes.Equal(a, b) {
			t.Errorf("%v and %v differ", p, q)
		}
		p.Release()
		q.Release()
	}
}

func TestTiedCopyAndMissingPrefixAreUnderstood(t *testing.T) {
	ct2 := openWeights(t, filepath.Join(shared.Model(t, "whisper-tiny.en"), "model.bin"))
	tensors := spellHF(spellOpenAI(ct2))
	for _, x := range tensors {
		x.Name = strings.TrimPrefix(x.Name, "model.")
	}
	tensors = append(tensors, rowsOf(ct2.Tensor("decoder/embeddings/weight"), 0, 1, "proj_out.weight"))
	path := written(t, func(w io.Writer) error { return safetensors.Write(w, tensors, nil) })
	sameBits(t, bound(t, openWeights(t, path)), bound(t, ct2))
}

func TestFileThatLacksAWeightNamesIt(t *testing.T) {
	ct2 := openWeights(t, filepath.Join(shared.Model(t, "whisper-tiny.en"), "model.bin"))
	tensors := spellHF(spellOpenAI(ct2))
	const lost = "model.decoder.layers.1.encoder_attn.q_proj.bias"
	for i, x := range tensors {
		if x.Name == lost {
			tensors[i] = rowsOf(x, 0, 1, "surplus")
		}
	}
	f := openWeights(t, written(t, func(w io.Writer) error { return safetensors.Write(w, tensors, nil) }))
	canonical := weights.Apply(f, names(f))
	config, err := ParseConfig(canonical.Shape)
	if err != nil {
		t.Fatal(err)
	}
	err = canonical.Bind(New(config))
	if err == nil || !strings.Contains(err.Error(), "1 weights missing: "+lost) || !strings.Contains(err.Error(), "1 tensors unused: surplus") {
		t.Errorf("got %v", err)
	}
}
