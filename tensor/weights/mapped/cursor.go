package mapped

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrTruncated says that a file ends inside one of its fields.
var ErrTruncated = errors.New("the file ends too early")

// Cursor reads a little-endian header. After the first failure it gives zeros, and Err says where it failed.
type Cursor struct {
	data []byte
	pos  int
	err  error
}

// NewCursor reads data from its beginning.
func NewCursor(data []byte) *Cursor { return &Cursor{data: data} }

// Pos is the offset of the next byte.
func (c *Cursor) Pos() int { return c.pos }

// Left is how many bytes follow, 0 after a failure.
func (c *Cursor) Left() int {
	if c.err != nil {
		return 0
	}
	return len(c.data) - c.pos
}

// Err is the first failure.
func (c *Cursor) Err() error { return c.err }

// Fail makes err the cursor's failure unless it has one.
func (c *Cursor) Fail(err error) {
	if c.err == nil {
		c.err = fmt.Errorf("at byte %d: %w", c.pos, err)
	}
}

// Bytes gives the next n bytes, a view.
func (c *Cursor) Bytes(n uint64) []byte {
	if c.err == nil && n > uint64(len(c.data)-c.pos) {
		c.Fail(ErrTruncated)
	}
	if c.err != nil {
		return nil
	}
	b := c.data[c.pos : c.pos+int(n) : c.pos+int(n)]
	c.pos += int(n)
	return b
}

// U8 reads a byte.
func (c *Cursor) U8() uint8 {
	if b := c.Bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// U16 reads two bytes.
func (c *Cursor) U16() uint16 {
	if b := c.Bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// U32 reads four bytes.
func (c *Cursor) U32() uint32 {
	if b := c.Bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// U64 reads eight bytes.
func (c *Cursor) U64() uint64 {
	if b := c.Bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Many fails unless n things of at least size bytes each can still follow: the check before an allocation.
func (c *Cursor) Many(n, size uint64) bool {
	if c.err == nil && n > uint64(len(c.data)-c.pos)/max(size, 1) {
		c.Fail(fmt.Errorf("%d entries are said to follow: %w", n, ErrTruncated))
	}
	return c.err == nil
}
