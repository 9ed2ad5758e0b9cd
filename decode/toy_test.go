package decode_test

import (
	"context"
	"errors"
	"hash/fnv"
	"math"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/decode/kv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	toyPage  = 4
	toyPages = 64
	toyVocab = 12
	toyEnd   = 0
	toyMax   = 40
)

// toy is a model whose logits depend on every token of a sequence, read back through its pages: a wrong slot, a missing
// copy or a shared write changes its answers. score, where set, replaces the arbitrary logits.
type toy struct {
	cache [toyPages * toyPage]int32
	rows  int
	score func(tokens []int32, logits []float32)
	gate  chan struct{} // where set, each Step waits for a value
	fail  error

	mu    sync.Mutex
	steps []int // rows of each step
}

func (m *toy) Vocab() int     { return toyVocab }
func (m *toy) MaxLength() int { return toyMax }
func (m *toy) MaxRows() int   { return m.rows }

func (m *toy) Step(ctx context.Context, rows []decode.Row, _ decode.Priority) ([][]float32, error) {
	if m.gate != nil {
		select {
		case <-m.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	m.mu.Lock()
	m.steps = append(m.steps, len(rows))
	m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	for _, r := range rows {
		m.cache[r.Slot] = r.Token
	}
	var out [][]float32
	for _, r := range rows {
		if !r.Want {
			continue
		}
		tokens := make([]int32, r.Position+1)
		for i := range tokens {
			tokens[i] = m.cache[int(r.Pages[i/toyPage])*toyPage+i%toyPage]
		}
		out = append(out, m.logits(tokens))
	}
	return out, nil
}

func (m *toy) logits(tokens []int32) []float32 {
	logits := make([]float32, toyVocab)
	if m.score != nil {
		m.score(tokens, logits)
		return logits
	}
	for v := range logits {
		h := fnv.New32a()
		for _, t := range append(tokens[:len(tokens):len(tokens)], int32(v)) {
			_, _ = h.Write([]byte{byte(t), 7})
		}
		logits[v] = float32(h.Sum32()%1000) / 250
	}
	logits[toyEnd] -= 1
	return logits
}

func (m *toy) Copy(pages []kv.Copy) error {
	for _, c := range pages {
		copy(m.cache[c.To*toyPage:(c.To+1)*toyPage], m.cache[c.From*toyPage:(c.From+1)*toyPage])
	}
	return nil
}

// start runs a decoder until the test ends.
func start(t *testing.T, m *toy, slots, queue int) *decode.Decoder {
	t.Helper()
	d, err := decode.New(decode.Config{Model: m, Pages: toyPages, PageSize: toyPage, Slots: slots, Queue: queue})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return d
}

// logProbs is the reference normalisation, in float64.
func logProbs(logits []float32) []float64 {
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v))
	}
	out := make([]float64, len(logits))
	for i, v := range logits {
		out[i] = float64(v) - math.Log(sum)
	}
	return out
}

var errToy = errors.New("toy broke")
