package ggml

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

const (
	magic   = 0x67676d6c
	maxRank = 4 // GGML_MAX_DIMS
)

// Sniff says whether head, the first bytes of a file, belongs to a ggml file.
func Sniff(head []byte) bool { return len(head) >= 4 && binary.LittleEndian.Uint32(head) == magic }

// Read lists the tensors of source. Meta holds the settings as int64 under whisper.cpp's names; Whisper files also have
// "tokens" ([]string, the raw bytes of each) and the tensor "mel_filters" [mels, bins].
func Read(source *mapped.Mapping) (*mapped.File, error) {
	const op fault.Op = "ggml.Read"
	c := mapped.NewCursor(source.Data())
	if c.U32() != magic {
		return nil, fault.Errorf(op, fault.Corrupt, "no ggml magic")
	}
	meta := mapped.Meta{}
	var tensors []*mapped.Tensor
	var err error
	if isSilero(source.Data()) {
		readSilero(c, meta)
	} else {
		tensors, err = readWhisper(source, c, meta)
	}
	for err == nil && c.Left() > 0 {
		var t *mapped.Tensor
		if t, err = readTensor(source, c); err == nil {
			tensors = append(tensors, t)
		}
	}
	if err = errors.Join(err, c.Err()); err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file, err := mapped.New("ggml", source, tensors)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file.Meta = meta
	return file, nil
}

// isSilero looks for the length-prefixed model name where Whisper has its vocabulary's size.
func isSilero(data []byte) bool {
	return len(data) >= 14 && binary.LittleEndian.Uint32(data[4:]) < 64 && string(data[8:14]) == "silero"
}

func readSilero(c *mapped.Cursor, meta mapped.Meta) {
	meta["model_type"] = string(c.Bytes(uint64(c.U32())))
	ints := func(names ...string) {
		for _, name := range names {
			meta[name] = int64(int32(c.U32()))
		}
	}
	ints("version_major", "version_minor", "version_patch", "n_window", "n_context", "n_encoder_layers")
	layers, _ := meta.Int("n_encoder_layers")
	if layers < 0 || !c.Many(uint64(layers), 12) {
		c.Fail(errors.New("a negative number of layers"))
		return
	}
	c.Bytes(uint64(layers) * 12) // the tensors' shapes say the same
	ints("lstm_input_size", "lstm_hidden_size", "final_conv_in", "final_conv_out")
}

func readWhisper(source *mapped.Mapping, c *mapped.Cursor, meta mapped.Meta) ([]*mapped.Tensor, error) {
	for _, name := range []string{
		"n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer",
		"n_text_ctx", "n_text_state", "n_text_head", "n_text_layer", "n_mels", "ftype",
	} {
		meta[name] = int64(int32(c.U32()))
	}
	shape := []int{int(int32(c.U32())), int(int32(c.U32()))}
	if c.Err() != nil {
		return nil, c.Err()
	}
	filters, err := mapped.View(source, "mel_filters", mapped.F32, shape, c.Pos())
	if err != nil {
		return nil, err
	}
	size, _ := mapped.Size(mapped.F32, shape) // View checked it
	c.Bytes(uint64(size))
	n := uint64(c.U32())
	if !c.Many(n, 4) {
		return nil, c.Err()
	}
	tokens := make([]string, n)
	for i := range tokens {
		tokens[i] = string(c.Bytes(uint64(c.U32())))
	}
	meta["tokens"] = tokens
	return []*mapped.Tensor{filters}, c.Err()
}

func readTensor(source *mapped.Mapping, c *mapped.Cursor) (*mapped.Tensor, error) {
	rank, length, id := c.U32(), c.U32(), c.U32()
	if rank > maxRank {
		return nil, fmt.Errorf("at byte %d: a tensor of %d dimensions", c.Pos(), rank)
	}
	shape := make([]int, rank)
	for i := range shape {
		shape[i] = int(int32(c.U32()))
	}
	slices.Reverse(shape)
	name := string(c.Bytes(uint64(length)))
	if c.Err() != nil {
		return nil, c.Err()
	}
	kind, err := mapped.GGML(id)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", name, err)
	}
	t, err := mapped.View(source, name, kind, shape, c.Pos())
	if err != nil {
		return nil, err
	}
	size, _ := mapped.Size(kind, shape) // View checked it
	c.Bytes(uint64(size))
	return t, nil
}
