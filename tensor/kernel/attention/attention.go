package attention

import "fmt"

// Config is the shape and the rule of an attention.
type Config struct {
	Batch, QTime, KTime int
	Heads, KVHeads, Dim int     // KVHeads 0 means Heads
	Scale               float32 // of the scores; Whisper: 1/sqrt(Dim)
	Causal              bool
	Offset              int     // position of query row 0 among the keys, for Causal and Window
	Window              int     // > 0: only that many keys up to the query's position
	SoftCap             float32 // > 0: scores become cap*tanh(score/cap)
}

func (c *Config) check() error {
	if c.KVHeads == 0 {
		c.KVHeads = c.Heads
	}
	switch {
	case c.Batch < 0 || c.QTime < 0 || c.KTime < 0 || c.Dim < 0:
		return fmt.Errorf("attention: negative size in %+v", *c)
	case c.Heads <= 0 || c.KVHeads <= 0 || c.Heads%c.KVHeads != 0:
		return fmt.Errorf("attention: %d heads cannot share %d key heads: want a multiple", c.Heads, c.KVHeads)
	}
	return nil
}

func (c *Config) checkHeads(heads []int) error {
	for _, h := range heads {
		if h < 0 || h >= c.Heads {
			return fmt.Errorf("attention: head %d of %d does not exist", h, c.Heads)
		}
	}
	return nil
}

// visible gives the range of keys that query row sees, of length keys.
func (c *Config) visible(row, length int) (from, to int) {
	to = min(length, c.KTime)
	if c.Causal {
		to = min(to, row+c.Offset+1)
	}
	if c.Window > 0 {
		from = max(0, row+c.Offset+1-c.Window)
	}
	return min(from, max(to, 0)), max(to, 0)
}

// View is a [batch, time, heads*dim] array inside a slice.
type View struct {
	Data       []float32
	Batch, Row int // elements from batch to batch and from row to row
}

// Dense gives the view of a contiguous [batch, time, width] array.
func Dense(data []float32, time, width int) View {
	return View{Data: data, Batch: time * width, Row: width}
}

func (v View) row(batch, row, column, n int) []float32 {
	at := batch*v.Batch + row*v.Row + column
	return v.Data[at : at+n : at+n]
}

func length(lengths []int32, batch, most int) int {
	if lengths == nil {
		return most
	}
	return max(0, min(int(lengths[batch]), most))
}
