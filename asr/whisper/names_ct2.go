package whisper

import "github.com/dauys/dauys/tensor/weights"

// namesCT2 reads CTranslate2's model.bin (OpenNMT/CTranslate2 python/ctranslate2/specs/whisper_spec.py): projections fused
// by rows, the key's bias written as zeros. Its scalars are settings that every Whisper shares.
var namesCT2 = weights.NameTable{
	Rules: []weights.Rule{
		weights.Rename("encoder/conv{i}/{p}", "model.encoder.conv{i}.{p}"),
		weights.Rename("decoder/embeddings/weight", "model.decoder.embed_tokens.weight"),
		weights.Rename("{s}/position_encodings/encodings", "model.{s}.embed_positions.weight"),
		weights.Rename("{s}/layer_norm/gamma", "model.{s}.layer_norm.weight"),
		weights.Rename("{s}/layer_norm/beta", "model.{s}.layer_norm.bias"),

		weights.Rename("{s}/layer_{i}/self_attention/layer_norm/gamma", "model.{s}.layers.{i}.self_attn_layer_norm.weight"),
		weights.Rename("{s}/layer_{i}/self_attention/layer_norm/beta", "model.{s}.layers.{i}.self_attn_layer_norm.bias"),
		weights.Split("{s}/layer_{i}/self_attention/linear_0/weight", "model.{s}.layers.{i}.self_attn.q_proj.weight",
			"model.{s}.layers.{i}.self_attn.k_proj.weight", "model.{s}.layers.{i}.self_attn.v_proj.weight"),
		weights.Split("{s}/layer_{i}/self_attention/linear_0/bias", "model.{s}.layers.{i}.self_attn.q_proj.bias",
			weights.Zero, "model.{s}.layers.{i}.self_attn.v_proj.bias"),
		weights.Rename("{s}/layer_{i}/self_attention/linear_1/{p}", "model.{s}.layers.{i}.self_attn.out_proj.{p}"),

		weights.Rename("{s}/layer_{i}/attention/layer_norm/gamma", "model.{s}.layers.{i}.encoder_attn_layer_norm.weight"),
		weights.Rename("{s}/layer_{i}/attention/layer_norm/beta", "model.{s}.layers.{i}.encoder_attn_layer_norm.bias"),
		weights.Rename("{s}/layer_{i}/attention/linear_0/{p}", "model.{s}.layers.{i}.encoder_attn.q_proj.{p}"),
		weights.Split("{s}/layer_{i}/attention/linear_1/weight", "model.{s}.layers.{i}.encoder_attn.k_proj.weight",
			"model.{s}.layers.{i}.encoder_attn.v_proj.weight"),
		weights.Split("{s}/layer_{i}/attention/linear_1/bias", weights.Zero, "model.{s}.layers.{i}.encoder_attn.v_proj.bias"),
		weights.Rename("{s}/layer_{i}/attention/linear_2/{p}", "model.{s}.layers.{i}.encoder_attn.out_proj.{p}"),

		weights.Rename("{s}/layer_{i}/ffn/layer_norm/gamma", "model.{s}.layers.{i}.final_layer_norm.weight"),
		weights.Rename("{s}/layer_{i}/ffn/layer_norm/beta", "model.{s}.layers.{i}.final_layer_norm.bias"),
		weights.Rename("{s}/layer_{i}/ffn/linear_0/{p}", "model.{s}.layers.{i}.fc1.{p}"),
		weights.Rename("{s}/layer_{i}/ffn/linear_1/{p}", "model.{s}.layers.{i}.fc2.{p}"),

		weights.Expect("{s}/activation", 3), // GELU (include/ctranslate2/ops/activation.h)
		weights.Expect("{s}/alibi", 0),
		weights.Expect("{s}/pre_norm", 1),
		weights.Expect("{s}/scale_embeddings", 0),
		weights.Expect("{s}/start_from_zero_embedding", 0),
		weights.Ignore("decoder/alignment_heads", "config.json has the heads; this is the converter's default"),
		weights.Ignore("decoder/alignment_layer", "config.json has the heads; this is the converter's default"),
		weights.Ignore("{s}/num_heads", "read as Config.Heads"),
	},
	Absent: []string{},
}
