package decode

import (
	"context"

	"github.com/dauys/dauys/decode/kv"
)

// Model is an autoregressive network with a paged key/value cache. One goroutine uses it at a time.
type Model interface {
	// Vocab is the number of logits of a row.
	Vocab() int
	// MaxRows is the most rows that one Step takes.
	MaxRows() int
	// MaxLength is the most positions of a sequence.
	MaxLength() int
	// Step runs rows through the network: the keys and values of each are written to its slot, then each attends to the
	// positions of its sequence up to itself. It returns the logits of the rows that want them, in their order; the caller
	// may change them, and the next Step overwrites them.
	Step(ctx context.Context, rows []Row, urgency Priority) ([][]float32, error)
	// Copy copies pages of the cache, in all layers.
	Copy(pages []kv.Copy) error
}

// Row is one token at one position of one sequence.
type Row struct {
	Token    int32
	Position int32        // from 0; the row attends to positions 0..Position
	Slot     int32        // where its key and value go: page*PageSize + offset
	Pages    []int32      // the table of its sequence
	Memory   *kv.Sequence // what it attends to beside itself (Whisper's audio, a translator's source), nil for none
	Want     bool         // whether its logits are asked for
}

// Priority orders work; a step is as urgent as its most urgent row.
type Priority uint8

// The priorities, most urgent first.
const (
	Live Priority = iota
	Interactive
	Batch
)
