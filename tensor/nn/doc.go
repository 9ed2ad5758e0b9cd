// Package nn holds the building blocks that models are made of: plain structs whose fields are weights and whose Forward
// reads like the paper.
//
// A weight is a *tensor.Param field with a tag that names it as Hugging Face does. Tags of nested structs are joined by
// dots and slices add the index:
//
//	type Block struct {
//		Norm nn.LayerNorm `weight:"self_attn_layer_norm"` // self_attn_layer_norm.weight, self_attn_layer_norm.bias
//		Up   nn.Linear    `weight:"fc1"`
//		Gate *nn.Linear   `weight:"gate"`                 // nil: this model has no such part
//	}
//	type Encoder struct {
//		Blocks []Block `weight:"layers"`                    // layers.0.fc1.weight, ...
//	}
//
// Walk lists the weights of a model; tensor/weights binds them from files. Blocks with shapes of their own (heads, eps,
// stride) hold them in untagged fields, which the model's constructor fills.
package nn
