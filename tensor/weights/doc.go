// Package weights opens weight files of every supported format and binds their tensors to the fields of a model.
//
// A model's fields carry one canonical spelling, Hugging Face's, unfused. Any other scheme is a [NameTable] in the model's
// folder: a list of rules from the file's names to the canonical ones.
//
//	file, err := weights.Open("model.bin")        // format by content; nothing is read yet
//	defer file.Close()                            // after the programs are compiled, which packs the weights
//	err = weights.Bind(&model, file, namesCT2)    // every tensor and every field is accounted for, or err lists them
//
// A model in several files opens by its index (model.safetensors.index.json).
//
// Where the sizes of the model are in the file alone, [Apply] first: its Shape tells them, then its Bind fills the model.
//
// Binding is strict both ways: each tensor of the file is bound, equal to a bound one, proven zero, of the expected value,
// or ignored for a stated reason; each field has its tensor, fields marked optional excepted where the table allows it.
// Bound params stay lazy views: slices of rows alias the file, transposed ones are copied when they are loaded.
package weights
