package whisper

import (
	"context"
	"math"
	"strconv"
	"sync"

	"github.com/dauys/dauys/asr/whisper/align"
	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
)

// TimedWord is a word with its tokens and its place in a window.
type TimedWord struct {
	Text        string // with the space before it
	Tokens      []int32
	Start, End  float64 // seconds from the window's beginning
	Probability float64 // mean of its tokens'
}

// aligner runs the decoder over a known text and looks where it pays attention. One text at a time.
type aligner struct {
	mu       sync.Mutex
	sessions map[int]*tensor.Session
}

func (a *aligner) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sessions {
		s.Close()
	}
	a.sessions = nil
}

// Align finds when the words of a text were spoken in a window (timing.py:163, find_alignment; :133 merge_punctuations).
// tokens may hold timestamps, which are passed over; logProbs are theirs. frames is the mel length of the window's sound.
func (t *Transcriber) Align(ctx context.Context, w *Window, language string, tokens []int32, logProbs []float32,
	frames int, urgency decode.Priority,
) ([]TimedWord, error) {
	text, probabilities := t.textOnly(tokens, logProbs)
	positions := min(frames/2, w.Positions)
	if len(text) == 0 || positions == 0 {
		return nil, nil
	}
	end := t.tokens.Special().EndOfText
	before := start(t.tokens, language, false)
	text = text[:min(len(text), maxRows-len(before)-1)]
	all := append(append(before[:len(before):len(before)], text...), end)
	begins, err := t.attend(ctx, w, all, positions, len(before)-1, urgency)
	if err != nil {
		return nil, fault.E("whisper.Align", fault.Other, err)
	}
	var words []TimedWord
	at := 0
	for _, word := range t.tokens.Words(text, language) {
		next := at + len(word.Tokens)
		if next > len(begins)-2 {
			break
		}
		words = append(words, TimedWord{
			Text: word.Text, Tokens: word.Tokens, Start: seconds(begins[at]), End: seconds(begins[next]),
			Probability: mean(probabilities[at:next]),
		})
		at = next
	}
	shortenAtSentences(words)
	return mergePunctuation(words), nil
}

// textOnly drops timestamps and the probabilities that go with them.
func (t *Transcriber) textOnly(tokens []int32, logProbs []float32) (text []int32, probabilities []float64) {
	for i, token := range tokens {
		if t.tokens.IsText(token) {
			p := 1.0
			if i < len(logProbs) {
				p = math.Exp(float64(logProbs[i]))
			}
			text, probabilities = append(text, token), append(probabilities, p)
		}
	}
	return text, probabilities
}

// attend gives the positions at which the tokens from first on begin, and the end.
func (t *Transcriber) attend(ctx context.Context, w *Window, tokens []int32, positions, first int, urgency decode.Priority) ([]int, error) {
	t.aligner.mu.Lock()
	defer t.aligner.mu.Unlock()
	if t.aligner.sessions == nil {
		t.aligner.sessions = map[int]*tensor.Session{}
	}
	p := t.programs
	s, err := session(t.aligner.sessions, bucketOf(len(tokens)), p.states, p.compileAlign)
	if err != nil {
		return nil, err
	}
	fillRows(s, p.alignRows(w, tokens))
	if err := s.Run(ctx, tensor.Priority(urgency)); err != nil {
		return nil, err
	}
	var heads []align.Weights
	for block, chosen := range p.chosen() {
		values, width := s.F32(alignName(block)), p.windows*memoryPage
		for h := range chosen {
			heads = append(heads, align.Weights{Values: values[h*width:], Stride: len(chosen) * width})
		}
	}
	return align.Positions(heads, len(tokens), positions, first, len(tokens)-1), nil
}

// alignRows puts a text in the pages behind those of the decoder.
func (p *Programs) alignRows(w *Window, tokens []int32) []decode.Row {
	pages := make([]int32, p.sequencePages())
	for i := range pages {
		pages[i] = int32(p.texts + i)
	}
	rows := make([]decode.Row, len(tokens))
	for i, token := range tokens {
		rows[i] = decode.Row{
			Token: token, Position: int32(i), Slot: int32(p.texts*textPage + i), Pages: pages, Memory: w.Memory,
		}
	}
	return rows
}

// chosen lists the alignment heads of each block.
func (p *Programs) chosen() [][]int {
	heads := make([][]int, p.model.Config.Decoders)
	for _, h := range p.model.Config.AlignmentHeads {
		heads[h[0]] = append(heads[h[0]], h[1])
	}
	return heads
}

func alignName(block int) string { return "attention." + strconv.Itoa(block) }

func (p *Programs) compileAlign(rows int) (*tensor.Program, error) {
	return tensor.Compile(p.device, func(g *tensor.Graph) {
		r := p.rows(g, rows)
		r.Chosen = p.chosen()
		r.Aligned = func(block int, weights *tensor.Tensor) { g.Output(alignName(block), weights) }
		p.model.Decoder.Forward(r)
	})
}

func seconds(position int) float64 { return float64(position) / PositionsPerSecond }

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(1, len(x)))
}
