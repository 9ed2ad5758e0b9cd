package decode

import (
	"context"

	"github.com/dauys/dauys/decode/kv"
	"github.com/dauys/dauys/fault"
)

// group is a request under way: its hypotheses and their rows.
type group struct {
	ctx     context.Context
	request *Request
	pool    *kv.Pool
	width   int // slots
	pages   int // the most pages that it can come to own
	search  searcher

	live   []*hypothesis // one until the prompt is through
	looped *hypothesis   // the first that the loop guard cut off
	draft  []int32       // what is left of the draft that may be right
	prompt int           // tokens of prompt and draft that have run
	new    int           // tokens added
	rows   int           // of the step under way
	wants  int           // logits of the step under way
	slots  []int32

	finished bool
	result   Result
	err      error
	done     chan struct{}
}

func newGroup(ctx context.Context, r *Request, pool *kv.Pool) *group {
	g := &group{ctx: ctx, request: r, pool: pool, width: r.width(), done: make(chan struct{})}
	g.pages = g.width * pool.PagesFor(len(r.Prompt)+r.MaxNew)
	g.live = []*hypothesis{{seq: pool.NewSequence()}}
	g.draft = r.Draft[:min(len(r.Draft), r.MaxNew)]
	if r.Search != nil {
		g.search = r.Search.begin(r)
	}
	return g
}

func (g *group) canceled() bool { return g.ctx.Err() != nil }
func (g *group) prompted() bool { return g.prompt == len(g.request.Prompt)+len(g.draft) }

// promptRows adds up to room tokens of the prompt and the draft to the step.
func (g *group) promptRows(d *Decoder, room int) (err error) {
	prompt, seq := g.request.Prompt, g.live[0].seq
	n := min(room, len(prompt)+len(g.draft)-g.prompt)
	if g.slots, err = seq.Grow(g.slots[:0], n); err != nil {
		return err
	}
	for i, slot := range g.slots {
		at := g.prompt + i
		row := Row{Position: int32(at), Slot: slot, Pages: seq.Pages(), Memory: g.request.Memory, Want: g.wanted(at)}
		if at < len(prompt) {
			row.Token = prompt[at]
		} else {
			row.Token = g.draft[at-len(prompt)]
		}
		if row.Want {
			g.wants++
		}
		d.rows = append(d.rows, row)
	}
	g.rows = n
	return nil
}

// wanted tells whether the logits after a token of the prompt or the draft are looked at.
func (g *group) wanted(at int) bool {
	if at >= len(g.request.Prompt)-1 && g.request.MaxNew > 0 {
		return true
	}
	return g.inspected(at)
}

func (g *group) inspected(at int) bool { return g.request.Inspect != nil && at == g.request.InspectAt }

// decodeRows adds the newest token of each hypothesis to the step.
func (g *group) decodeRows(d *Decoder) error {
	for _, h := range g.live {
		at := h.seq.Len()
		slot, c, copied, err := h.seq.Append()
		if err != nil {
			return err
		}
		if copied {
			d.copies = append(d.copies, c)
		}
		d.rows = append(d.rows, Row{
			Token: h.tokens[len(h.tokens)-1], Position: int32(at), Slot: slot,
			Pages: h.seq.Pages(), Memory: g.request.Memory, Want: true,
		})
	}
	g.rows, g.wants = len(g.live), len(g.live)
	return nil
}

// take reads the logits of its rows and decides how to go on. It returns how many of logits were its.
func (g *group) take(logits [][]float32) int {
	n := g.wants
	g.wants = 0
	if g.prompted() {
		g.advance(logits[:n])
		return n
	}
	first := g.prompt
	g.prompt += g.rows
	for at, next := first, 0; at < first+g.rows && !g.finished; at++ {
		if !g.wanted(at) {
			continue
		}
		if g.inspected(at) {
			g.request.Inspect(logits[next])
		}
		if at >= len(g.request.Prompt)-1 && g.request.MaxNew > 0 && !g.follow(at, logits[next:next+1]) {
			break
		}
		next++
	}
	if g.request.MaxNew == 0 && g.prompted() {
		g.finished = true
	}
	return n
}

// follow chooses the token after position at, and tells whether the draft had the same.
func (g *group) follow(at int, logits [][]float32) bool {
	g.advance(logits)
	right := at - len(g.request.Prompt) + 1 // tokens of the draft before this one, all right
	if g.finished || right == len(g.draft) {
		return false
	}
	if tokens := g.live[0].tokens; tokens[len(tokens)-1] == g.draft[right] {
		return true
	}
	g.draft = g.draft[:right]
	g.prompt = len(g.request.Prompt) + right
	g.live[0].seq.Truncate(g.prompt)
	return false
}

// advance applies the rules, chooses, and forks the hypotheses that go on.
func (g *group) advance(logits [][]float32) {
	for i, h := range g.live {
		for _, rule := range g.request.Rules {
			rule.Apply(h.tokens, logits[i])
		}
	}
	branches := g.search.next(g.live, logits)
	g.new++
	g.fork(branches)
	if g.request.OnToken != nil && g.width == 1 && len(branches) > 0 {
		g.request.OnToken(branches[0].token)
	}
	g.cutLoops()
	if len(g.live) == 0 || g.new == g.request.MaxNew {
		g.end()
	}
}

// cutLoops takes out the hypotheses that repeat themselves.
func (g *group) cutLoops() {
	keep := g.live[:0]
	for _, h := range g.live {
		n, looping := g.request.Loop.Find(h.tokens)
		if !looping {
			keep = append(keep, h)
			continue
		}
		h.seq.Release()
		if g.looped == nil {
			g.looped = &hypothesis{tokens: h.tokens[:n], logProbs: h.logProbs[:n], sum: h.sum}
		}
	}
	g.live = keep
}

// end chooses the result: what ended or is still live, else what was cut off as a loop.
func (g *group) end() {
	g.finished = true
	result, ok := g.search.best(g.live)
	switch {
	case ok:
		g.result = result
	case g.looped != nil:
		g.result = g.looped.result(Looping)
	default:
		g.err = fault.Errorf("decode.Run", fault.Internal, "no token is possible after %d: all logits are -Inf or NaN", g.new)
	}
}

// fork replaces the live hypotheses by the branches. The last branch of a parent takes over its sequence; earlier ones
// share its pages.
func (g *group) fork(branches []branch) {
	left := make([]int, len(g.live))
	for _, b := range branches {
		left[b.parent]++
	}
	for i, h := range g.live {
		if left[i] == 0 {
			h.seq.Release()
		}
	}
	next := make([]*hypothesis, len(branches))
	for i, b := range branches {
		parent := g.live[b.parent]
		next[i] = parent.grown(b)
		if left[b.parent]--; left[b.parent] == 0 {
			next[i].seq = parent.seq
		} else {
			next[i].seq = parent.seq.Fork()
		}
	}
	g.live = next
}

func (g *group) release() {
	for _, h := range g.live {
		if h.seq != nil {
			h.seq.Release()
		}
	}
	g.live = nil
}
