package nn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/nn"
)

type layer struct {
	Norm  nn.LayerNorm  `weight:"self_attn_layer_norm"`
	Cross *nn.Linear    `weight:"encoder_attn"`
	Tied  *tensor.Param `weight:"tied,optional"`
	Heads int
}

type model struct {
	Tokens *tensor.Param `weight:"embed_tokens.weight"`
	Layers []layer       `weight:"layers"`
	Inner  struct {
		Gate nn.LSTM `weight:"rnn"`
	} `weight:""`
	Extra nn.Linear `weight:"extra,optional"`
}

func TestWalkJoinsTags(t *testing.T) {
	m := &model{Layers: []layer{{}, {Cross: &nn.Linear{}}}}
	var got []string
	for f := range nn.Walk(m) {
		name := f.Path
		if f.Optional {
			name += " optional"
		}
		got = append(got, name)
	}
	want := []string{
		"embed_tokens.weight",
		"layers.0.self_attn_layer_norm.weight", "layers.0.self_attn_layer_norm.bias optional", "layers.0.tied optional",
		"layers.1.self_attn_layer_norm.weight", "layers.1.self_attn_layer_norm.bias optional",
		"layers.1.encoder_attn.weight", "layers.1.encoder_attn.bias optional", "layers.1.tied optional",
		"rnn.weight_ih", "rnn.weight_hh", "rnn.bias_ih optional", "rnn.bias_hh optional",
		"extra.weight optional", "extra.bias optional",
	}
	if !slices.Equal(got, want) {
		t.Errorf("weights\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWalkBindsFields(t *testing.T) {
	m := &model{Layers: make([]layer, 1)}
	for f := range nn.Walk(m) {
		*f.Param = &tensor.Param{Name: f.Path}
		if f.Path == "layers.0.self_attn_layer_norm.weight" {
			break
		}
	}
	if m.Tokens.Name != "embed_tokens.weight" || m.Layers[0].Norm.Gain == nil || m.Layers[0].Norm.Bias != nil {
		t.Errorf("bound %v, %v, %v", m.Tokens, m.Layers[0].Norm.Gain, m.Layers[0].Norm.Bias)
	}
}

func TestWalkRefusesMistakesInModels(t *testing.T) {
	for name, m := range map[string]any{
		"no pointer": model{},
		"no struct":  new(int),
		"tagged number": &struct {
			N int `weight:"n"`
		}{},
		"unknown option": &struct {
			P *tensor.Param `weight:"p,maybe"`
		}{},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			for range nn.Walk(m) {
			}
		}()
	}
}
