package whisper

import "github.com/dauys/dauys/tensor/weights"

// namesOpenAI reads openai/whisper's checkpoints (whisper/model.py) and the legacy ggml files of whisper.cpp, which keep
// their names. In a .pt the weights lie under "model_state_dict".
var namesOpenAI = weights.NameTable{
	Rules: append(openAI("model_state_dict."), append(openAI(""),
		weights.Ignore("mel_filters", "the mel spectrogram makes its own"))...),
	Absent: []string{},
}

// openAI is the rules for names under a prefix.
func openAI(top string) []weights.Rule {
	block, to := top+"{s}.blocks.{i}.", "model.{s}.layers.{i}."
	return []weights.Rule{
		weights.Reshape(top+"encoder.conv{i}.bias", "model.encoder.conv{i}.bias", -1), // ggml writes it as a column
		weights.Rename(top+"encoder.conv{i}.weight", "model.encoder.conv{i}.weight"),
		weights.Rename(top+"encoder.ln_post.{p}", "model.encoder.layer_norm.{p}"),
		weights.Rename(top+"decoder.ln.{p}", "model.decoder.layer_norm.{p}"),
		weights.Rename(top+"decoder.token_embedding.weight", "model.decoder.embed_tokens.weight"),
		weights.Rename(top+"{s}.positional_embedding", "model.{s}.embed_positions.weight"),

		weights.Rename(block+"attn_ln.{p}", to+"self_attn_layer_norm.{p}"),
		weights.Rename(block+"attn.query.{p}", to+"self_attn.q_proj.{p}"),
		weights.Rename(block+"attn.key.weight", to+"self_attn.k_proj.weight"),
		weights.Rename(block+"attn.value.{p}", to+"self_attn.v_proj.{p}"),
		weights.Rename(block+"attn.out.{p}", to+"self_attn.out_proj.{p}"),
		weights.Rename(block+"cross_attn_ln.{p}", to+"encoder_attn_layer_norm.{p}"),
		weights.Rename(block+"cross_attn.query.{p}", to+"encoder_attn.q_proj.{p}"),
		weights.Rename(block+"cross_attn.key.weight", to+"encoder_attn.k_proj.weight"),
		weights.Rename(block+"cross_attn.value.{p}", to+"encoder_attn.v_proj.{p}"),
		weights.Rename(block+"cross_attn.out.{p}", to+"encoder_attn.out_proj.{p}"),
		weights.Rename(block+"mlp_ln.{p}", to+"final_layer_norm.{p}"),
		weights.Rename(block+"mlp.0.{p}", to+"fc1.{p}"),
		weights.Rename(block+"mlp.2.{p}", to+"fc2.{p}"),
		weights.Ignore(top+"decoder.mask", "the causal mask, kept by early versions; attention knows it"),
	}
}
