package engine

import (
	"runtime"
	"sync/atomic"
)

// garbageLimit is how much short-lived memory may pile up before it is collected.
const garbageLimit = 48 << 20

// garbage counts the short-lived memory of windows: mel frames, mostly. The heap of this process is weights and caches, which
// live as long as it does; the collector waits until garbage is as much as they are, so that memory would double over a
// long recording. Marking them is cheap, as they hold no pointers.
type garbage struct{ bytes atomic.Int64 }

// add counts bytes and collects when there are many.
func (g *garbage) add(bytes int) {
	if g.bytes.Add(int64(bytes)) > garbageLimit {
		g.bytes.Store(0)
		runtime.GC()
	}
}
