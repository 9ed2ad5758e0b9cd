// Package bpe is byte-level byte-pair encoding as GPT-2 introduced it: text is cut into pieces (see [Pieces]), and within a piece the
// neighbouring pair that makes the token with the smallest id merges first, until none does: ids are in the order of training. Every
// byte is a token, so any text can be encoded, and decoding gives its bytes back.
//
// Lists of merges are not read. They say what the ids say already, and published ones have gaps: those of the multilingual Whisper models
// lack "Ġ t", which tears " the" and " to" apart in programs that use them.
//
// Special tokens are unknown here: their names in a text are plain text.
package bpe

import (
	"github.com/dauys/dauys/fault"
)

// maxTokens bounds a vocabulary; the largest in use have some 260,000.
const maxTokens = 1 << 20

// Vocabulary holds tokens. It is immutable and safe for concurrent use.
type Vocabulary struct {
	tokens []string // bytes by id; "" where there is no such token
	ids    map[string]int32
}

// New makes a vocabulary of tokens, given as bytes by id; "" leaves an id out. All 256 bytes must be tokens.
func New(tokens []string) (*Vocabulary, error) {
	const op fault.Op = "bpe.New"
	if len(tokens) > maxTokens {
		return nil, fault.Errorf(op, fault.Corrupt, "%d tokens: at most %d are supported", len(tokens), maxTokens)
	}
	v := &Vocabulary{tokens: tokens, ids: make(map[string]int32, len(tokens))}
	for id, t := range tokens {
		if t == "" {
			continue
		}
		if _, twice := v.ids[t]; twice {
			return nil, fault.Errorf(op, fault.Corrupt, "token %q occurs twice", t)
		}
		v.ids[t] = int32(id)
	}
	for b := range 256 {
		if _, ok := v.ids[string([]byte{byte(b)})]; !ok {
			return nil, fault.Errorf(op, fault.Corrupt, "byte 0x%02x is no token: this is not a byte-level vocabulary", b)
		}
	}
	return v, nil
}

// Size is one more than the largest id.
func (v *Vocabulary) Size() int { return len(v.tokens) }

// Token gives the bytes of a token, "" for an id that is none.
func (v *Vocabulary) Token(id int32) string {
	if id < 0 || int(id) >= len(v.tokens) {
		return ""
	}
	return v.tokens[id]
}

// ID finds a token by its bytes.
func (v *Vocabulary) ID(token string) (int32, bool) {
	id, ok := v.ids[token]
	return id, ok
}

// Encode appends the tokens of text to dst. Its time grows with n log n of the longest piece, whatever the text.
func (v *Vocabulary) Encode(dst []int32, text string) []int32 {
	var m merger
	for piece := range Pieces(text) {
		if id, ok := v.ids[piece]; ok {
			dst = append(dst, id)
			continue
		}
		dst = m.run(dst, v, piece)
	}
	return dst
}

// AppendBytes appends the bytes of tokens to dst.
func (v *Vocabulary) AppendBytes(dst []byte, ids ...int32) []byte {
	for _, id := range ids {
		dst = append(dst, v.Token(id)...)
	}
	return dst
}

// merger merges one piece at a time; it keeps its memory.
type merger struct {
	parts []part
	queue []pair // a heap, the pair that merges first on top
}

// part is a token of the piece under work. Dead parts have no length.
type part struct{ start, end, prev, next int }

// pair is a possible merge of parts[left] with the part after it, up to end. It is stale once either has changed.
type pair struct {
	id        int32
	left, end int
}

func (p pair) before(q pair) bool {
	return p.id < q.id || p.id == q.id && p.left < q.left
}

func (m *merger) run(dst []int32, v *Vocabulary, piece string) []int32 {
	m.parts, m.queue = m.parts[:0], m.queue[:0]
	for i := range len(piece) {
		m.parts = append(m.parts, part{i, i + 1, i - 1, i + 1})
	}
	for i := range len(piece) - 1 {
		m.offer(v, piece, i)
	}
	for len(m.queue) > 0 {
		top := m.pop()
		a := &m.parts[top.left]
		if a.end <= a.start || a.next >= len(m.parts) || m.parts[a.next].end != top.end {
			continue
		}
		b := &m.parts[a.next]
		a.end, a.next = b.end, b.next
		b.end = b.start
		if a.next < len(m.parts) {
			m.parts[a.next].prev = top.left
			m.offer(v, piece, top.left)
		}
		if a.prev >= 0 {
			m.offer(v, piece, a.prev)
		}
	}
	for i := 0; i < len(m.parts); i = m.parts[i].next {
		dst = append(dst, v.ids[piece[m.parts[i].start:m.parts[i].end]])
	}
	return dst
}

// offer queues the pair that begins at left, if it makes a token.
func (m *merger) offer(v *Vocabulary, piece string, left int) {
	end := m.parts[m.parts[left].next].end
	id, ok := v.ids[piece[m.parts[left].start:end]]
	if !ok {
		return
	}
	m.queue = append(m.queue, pair{id, left, end})
	for i := len(m.queue) - 1; i > 0; {
		up := (i - 1) / 2
		if !m.queue[i].before(m.queue[up]) {
			break
		}
		m.queue[i], m.queue[up] = m.queue[up], m.queue[i]
		i = up
	}
}

func (m *merger) pop() pair {
	top, last := m.queue[0], len(m.queue)-1
	m.queue[0] = m.queue[last]
	m.queue = m.queue[:last]
	for i := 0; ; {
		least := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < last && m.queue[child].before(m.queue[least]) {
				least = child
			}
		}
		if least == i {
			return top
		}
		m.queue[i], m.queue[least] = m.queue[least], m.queue[i]
		i = least
	}
}
