// Package torchzip reads PyTorch checkpoints (torch.save since 1.6): a zip of stored members.
//
//	<top>/data.pkl    a pickle of nested dicts whose tensors refer to storages by a persistent id
//	<top>/data/<key>  the bytes of a storage
//	<top>/byteorder   "little", where present
//
// The pickle is read by an interpreter that runs nothing: it knows OrderedDict, the two tensor builders and the storage
// classes of torch/_utils.py; every other class becomes an opaque value, and an error only where a tensor would need it.
// Nested dicts are flattened with dots: OpenAI's {"dims": {...}, "model_state_dict": {...}} gives tensors
// "model_state_dict.encoder.conv1.weight" and the metadata "dims.n_mels". Two names may share a storage.
package torchzip
