package torchzip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/dauys/dauys/tensor/weights/mapped"
)

// The values of the machine: nil, bool, int64, float64, string, tuple, *list, *dict, global, persistent, *tensor, opaque.
type (
	tuple      []any
	list       struct{ items []any }
	dict       struct{ keys, values []any }
	global     struct{ module, name string }
	persistent struct{ id any }
	opaque     struct{ class global }
	mark       struct{}
)

// machine interprets the opcodes of Python's pickletools.py, protocols 2 to 5, as far as torch.save writes them.
type machine struct {
	c     *mapped.Cursor
	stack []any
	memo  map[uint32]any
}

var errUnderflow = errors.New("the stack is empty")

// unpickle gives the object that data holds.
func unpickle(data []byte) (any, error) {
	m := &machine{c: mapped.NewCursor(data), memo: map[uint32]any{}}
	for m.c.Err() == nil {
		op := m.c.U8()
		if op == '.' && m.c.Err() == nil {
			return m.pop(), m.c.Err()
		}
		m.step(op)
	}
	return nil, m.c.Err()
}

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

func (m *machine) pop() any {
	if len(m.stack) == 0 {
		m.c.Fail(errUnderflow)
		return nil
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v
}

// top is the last value, left on the stack.
func (m *machine) top() any {
	if len(m.stack) == 0 {
		m.c.Fail(errUnderflow)
		return nil
	}
	return m.stack[len(m.stack)-1]
}

// popMark takes the values above the last mark.
func (m *machine) popMark() tuple {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if _, ok := m.stack[i].(mark); ok {
			items := append(tuple{}, m.stack[i+1:]...)
			m.stack = m.stack[:i]
			return items
		}
	}
	m.c.Fail(errUnderflow)
	return nil
}

func (m *machine) popN(n int) tuple {
	if len(m.stack) < n {
		m.c.Fail(errUnderflow)
		return nil
	}
	items := append(tuple{}, m.stack[len(m.stack)-n:]...)
	m.stack = m.stack[:len(m.stack)-n]
	return items
}

// step runs one opcode.
func (m *machine) step(op byte) {
	if m.literal(op) || m.container(op) {
		return
	}
	switch op {
	case 0x80: // PROTO
		if v := m.c.U8(); v < 2 || v > 5 {
			m.c.Fail(fmt.Errorf("pickle protocol %d", v))
		}
	case 0x95: // FRAME
		m.c.Bytes(8)
	case 'q': // BINPUT
		m.memo[uint32(m.c.U8())] = m.top()
	case 'r': // LONG_BINPUT
		m.memo[m.c.U32()] = m.top()
	case 0x94: // MEMOIZE
		m.memo[uint32(len(m.memo))] = m.top()
	case 'h': // BINGET
		m.get(uint32(m.c.U8()))
	case 'j': // LONG_BINGET
		m.get(m.c.U32())
	case 'c': // GLOBAL
		m.push(global{m.line(), m.line()})
	case 0x93: // STACK_GLOBAL
		at := m.popN(2)
		if m.c.Err() == nil {
			module, _ := at[0].(string)
			name, _ := at[1].(string)
			m.push(global{module, name})
		}
	case 'Q': // BINPERSID
		m.push(persistent{m.pop()})
	case 'R', 0x81: // REDUCE, NEWOBJ
		at := m.popN(2)
		if m.c.Err() == nil {
			m.push(m.call(at[0], at[1]))
		}
	case 'b': // BUILD: attributes such as a state dict's _metadata
		m.pop()
	case '0': // POP
		m.pop()
	case '2': // DUP
		m.push(m.top())
	default:
		m.c.Fail(fmt.Errorf("pickle opcode %#x is not one that torch.save writes", op))
	}
}

// literal pushes the values that stand in the stream.
func (m *machine) literal(op byte) bool {
	switch op {
	case 'N': // NONE
		m.push(nil)
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		m.push(op == 0x88)
	case 'J': // BININT
		m.push(int64(int32(m.c.U32())))
	case 'K': // BININT1
		m.push(int64(m.c.U8()))
	case 'M': // BININT2
		m.push(int64(m.c.U16()))
	case 0x8a: // LONG1
		m.push(m.long(m.c.Bytes(uint64(m.c.U8()))))
	case 'G': // BINFLOAT, big-endian
		if b := m.c.Bytes(8); b != nil {
			m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
	case 'X', 'T', 'B': // BINUNICODE, BINSTRING, BINBYTES
		m.push(string(m.c.Bytes(uint64(m.c.U32()))))
	case 0x8c, 'U', 'C': // SHORT_BINUNICODE, SHORT_BINSTRING, SHORT_BINBYTES
		m.push(string(m.c.Bytes(uint64(m.c.U8()))))
	case 0x8d, 0x8e: // BINUNICODE8, BINBYTES8
		m.push(string(m.c.Bytes(m.c.U64())))
	default:
		return false
	}
	return true
}

// container runs the opcodes that make and fill tuples, lists, dicts and sets.
func (m *machine) container(op byte) bool {
	switch op {
	case '(': // MARK
		m.push(mark{})
	case ')': // EMPTY_TUPLE
		m.push(tuple{})
	case 't': // TUPLE
		m.push(m.popMark())
	case 0x85, 0x86, 0x87: // TUPLE1 .. TUPLE3
		m.push(m.popN(int(op) - 0x84))
	case ']', 0x8f: // EMPTY_LIST, EMPTY_SET
		m.push(&list{})
	case 'a': // APPEND
		m.extend(m.popN(1))
	case 'e', 0x90: // APPENDS, ADDITEMS
		m.extend(m.popMark())
	case '}': // EMPTY_DICT
		m.push(&dict{})
	case 's': // SETITEM
		m.set(m.popN(2))
	case 'u': // SETITEMS
		m.set(m.popMark())
	default:
		return false
	}
	return true
}

func (m *machine) get(i uint32) {
	v, ok := m.memo[i]
	if !ok {
		m.c.Fail(fmt.Errorf("memo %d is empty", i))
	}
	m.push(v)
}

func (m *machine) extend(items tuple) {
	if l, ok := m.top().(*list); ok {
		l.items = append(l.items, items...)
	}
}

func (m *machine) set(items tuple) {
	d, ok := m.top().(*dict)
	if len(items)%2 != 0 {
		m.c.Fail(errors.New("a key without a value"))
		return
	}
	for i := 0; ok && i < len(items); i += 2 {
		d.keys, d.values = append(d.keys, items[i]), append(d.values, items[i+1])
	}
}

// line reads up to the newline that ends GLOBAL's arguments.
func (m *machine) line() string {
	var b bytes.Buffer
	for m.c.Err() == nil {
		ch := m.c.U8()
		if ch == '\n' {
			break
		}
		b.WriteByte(ch)
	}
	return b.String()
}

// long decodes a little-endian two's complement number of at most 8 bytes.
func (m *machine) long(b []byte) any {
	if len(b) > 8 {
		m.c.Fail(fmt.Errorf("a whole number of %d bytes", len(b)))
		return nil
	}
	var v int64
	for i, x := range b {
		v |= int64(x) << (8 * i)
	}
	if n := len(b); n > 0 && n < 8 && b[n-1]&0x80 != 0 {
		v -= 1 << (8 * n)
	}
	return v
}
