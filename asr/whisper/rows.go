package whisper

import (
	"context"

	"github.com/dauys/dauys/decode"
	"github.com/dauys/dauys/decode/kv"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
)

// maxRows is the most rows of one pass: a prompt of 223 tokens and the start sequence fit.
const maxRows = 256

// rowBuckets are the numbers of rows that have a program of their own; passes are padded to the next one.
var rowBuckets = []int{1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, maxRows}

// TextRows runs decoder rows for package decode; it is the [decode.Model] of Whisper. It belongs to one goroutine.
type TextRows struct {
	p      *Programs
	bodies map[int]*tensor.Session // tokens -> states, by rows
	heads  map[int]*tensor.Session // states -> logits, by rows
	out    [][]float32
}

// NewTextRows makes the rows of p.
func NewTextRows(p *Programs) *TextRows {
	return &TextRows{p: p, bodies: map[int]*tensor.Session{}, heads: map[int]*tensor.Session{}}
}

// Close frees the sessions.
func (r *TextRows) Close() {
	for _, all := range []map[int]*tensor.Session{r.bodies, r.heads} {
		for _, s := range all {
			s.Close()
		}
		clear(all)
	}
}

// Vocab is the number of logits of a row.
func (r *TextRows) Vocab() int { return r.p.model.Config.Vocabulary }

// MaxRows is the most rows of a step.
func (r *TextRows) MaxRows() int { return maxRows }

// MaxLength is the number of text positions.
func (r *TextRows) MaxLength() int { return r.p.model.Config.TextLen }

// Step runs rows through the decoder; see [decode.Model].
func (r *TextRows) Step(ctx context.Context, rows []decode.Row, urgency decode.Priority) ([][]float32, error) {
	body, err := session(r.bodies, bucketOf(len(rows)), r.p.states, r.p.compileBody)
	if err != nil {
		return nil, fault.E("whisper.Step", fault.Other, err)
	}
	fillRows(body, rows)
	if err := body.Run(ctx, tensor.Priority(urgency)); err != nil {
		return nil, fault.E("whisper.Step", fault.Other, err)
	}
	return r.logits(ctx, body.F32("states"), rows, tensor.Priority(urgency))
}

// logits projects the states of the rows that want it.
func (r *TextRows) logits(ctx context.Context, states []float32, rows []decode.Row, urgency tensor.Priority) ([][]float32, error) {
	wants := 0
	for i := range rows {
		if rows[i].Want {
			wants++
		}
	}
	if wants == 0 {
		return nil, nil
	}
	head, err := session(r.heads, bucketOf(wants), nil, r.p.compileHead)
	if err != nil {
		return nil, fault.E("whisper.Step", fault.Other, err)
	}
	width, vocabulary := r.p.model.Config.Width, r.p.model.Config.Vocabulary
	in, n := head.F32("states"), 0
	for i := range rows {
		if rows[i].Want {
			copy(in[n*width:(n+1)*width], states[i*width:])
			n++
		}
	}
	clear(in[n*width:])
	if err := head.Run(ctx, urgency); err != nil {
		return nil, fault.E("whisper.Step", fault.Other, err)
	}
	logits := head.F32("logits")
	r.out = r.out[:0]
	for i := range n {
		r.out = append(r.out, logits[i*vocabulary:(i+1)*vocabulary])
	}
	return r.out, nil
}

// Copy copies pages of the text cache in all blocks.
func (r *TextRows) Copy(pages []kv.Copy) error {
	for i := range r.p.model.Config.Decoders {
		for _, side := range []string{"k", "v"} {
			b := r.p.text[selfName(i, side)]
			size := len(b.Bytes()) / b.Shape()[0]
			for _, c := range pages {
				copy(b.Bytes()[int(c.To)*size:(int(c.To)+1)*size], b.Bytes()[int(c.From)*size:])
			}
		}
	}
	return nil
}

// session gives the session for a number of rows, compiled at first use.
func session(all map[int]*tensor.Session, rows int, bind map[string]*tensor.Buffer,
	compile func(int) (*tensor.Program, error),
) (*tensor.Session, error) {
	if s := all[rows]; s != nil {
		return s, nil
	}
	program, err := compile(rows)
	if err != nil {
		return nil, err
	}
	s, err := program.NewSession(bind)
	if err == nil {
		all[rows] = s
	}
	return s, err
}

func bucketOf(rows int) int {
	for _, n := range rowBuckets {
		if rows <= n {
			return n
		}
	}
	return maxRows
}

// fillRows writes rows into the inputs of a body. The rest of the bucket is skipped by slot -1 and length 0.
func fillRows(s *tensor.Session, rows []decode.Row) {
	tokens, positions := s.I32("tokens"), s.I32("positions")
	slots, lengths, heard := s.I32("slots"), s.I32("lengths"), s.I32("heard")
	table, memory := s.I32("table"), s.I32("memory")
	pages, windows := len(table)/len(tokens), len(memory)/len(tokens)
	for i := range tokens {
		if i >= len(rows) {
			tokens[i], positions[i], slots[i], lengths[i], heard[i] = 0, 0, -1, 0, 0
			continue
		}
		row := &rows[i]
		tokens[i], positions[i], slots[i], lengths[i] = row.Token, row.Position, row.Slot, row.Position+1
		copy(table[i*pages:(i+1)*pages], row.Pages)
		heard[i] = int32(row.Memory.Len())
		copy(memory[i*windows:(i+1)*windows], row.Memory.Pages())
	}
}

func (p *Programs) compileBody(rows int) (*tensor.Program, error) {
	return tensor.Compile(p.device, func(g *tensor.Graph) {
		g.Output("states", p.model.Decoder.Forward(p.rows(g, rows)))
	})
}

func (p *Programs) rows(g *tensor.Graph, rows int) Rows {
	r := Rows{
		Tokens: g.Input("tokens", tensor.I32, rows), Positions: g.Input("positions", tensor.I32, rows),
		Heads: p.model.Config.Heads,
	}
	r.Self, r.Cross = p.caches(g, rows)
	return r
}

func (p *Programs) compileHead(rows int) (*tensor.Program, error) {
	return tensor.Compile(p.device, func(g *tensor.Graph) {
		states := g.Input("states", tensor.F32, rows, p.model.Config.Width)
		g.Output("logits", p.model.Decoder.Logits(states))
	})
}
