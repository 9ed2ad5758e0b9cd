package matmul

// plan says how a product is cut in parts: batches x row parts x column parts.
type plan struct {
	batches             int
	rowBlocks, rowParts int // blocks of up to mr rows
	panels, group       int // panels, and how many go together
	columnGroups        int
	columnParts         int
	stream              bool
	blockK              int // k is taken in blocks of at most this
	strideA             int // distance between copied rows of A
}

const (
	line           = 16      // values of a cache line: a distance of one line more keeps rows out of each other's cache sets
	mostBlocks     = 12      // of rows in a part: more rows of C in flight than that crowd A out of the cache
	partsPerWorker = 4       // so that a disturbed worker does not hold up the others
	streamBytes    = 1 << 16 // least work of a part: weights worth waking a worker for
	blockFlops     = 1 << 19 // least work of a part: operations
	leastBlocks    = 6       // of rows that pay for converting a panel
	streamRows     = 16      // most rows that stream the weight
)

func (p plan) parts() int { return p.batches * p.rowParts * p.columnParts }

func (m *Mul) newPlan(workers int) plan {
	p := plan{batches: m.args.batch(), panels: ceil(m.n, m.set.nr), group: 1}
	switch {
	case m.args.M == 0 || m.n == 0:
		p.batches = 0
	case m.streams():
		m.planStream(&p, workers)
	default:
		m.planBlocks(&p, workers)
	}
	return p
}

// planStream cuts the columns, in as many parts as have enough to do.
func (m *Mul) planStream(p *plan, workers int) {
	p.stream, p.rowBlocks, p.rowParts = true, 1, 1
	p.group = m.set.stream[m.args.B.Type][m.args.M-1].panels
	p.columnGroups = ceil(p.panels, p.group)
	bytes := m.k * m.n * m.args.B.Type.Size()
	p.columnParts = clamp(bytes/streamBytes, 1, min(partsPerWorker*workers, p.columnGroups))
}

// planBlocks cuts the rows where there are enough of them to pay for converting each panel again, else the columns.
func (m *Mul) planBlocks(p *plan, workers int) {
	p.rowBlocks, p.columnGroups = ceil(m.args.M, m.set.mr), p.panels
	p.blockK = min(ceil(ceil(m.k, max(1, ceil(m.k, m.set.blockK))), line)*line, m.set.blockK)
	p.strideA = p.blockK + line
	p.rowParts = ceil(p.rowBlocks, clamp(m.set.copied/(m.set.mr*p.strideA), 1, mostBlocks))
	want := 1
	if workers > 1 {
		want = clamp(2*m.args.M*m.n*m.k/blockFlops, 1, ceil(partsPerWorker*workers, p.batches))
	}
	if p.rowBlocks >= leastBlocks*want {
		p.rowParts = max(ceil(p.rowParts, workers)*workers, want)
	}
	p.columnParts = ceil(want, p.rowParts)
	if p.columnParts > 1 && p.rowParts%workers != 0 {
		p.columnParts = ceil(p.columnParts, workers) * workers // the last round then has a part for every worker
	}
	p.columnParts = min(p.columnParts, p.columnGroups)
}

// streams reports whether the weight is used as it is stored.
func (m *Mul) streams() bool {
	return m.args.B != nil && m.args.Window == nil && m.args.M <= min(streamRows, len(m.set.stream[m.args.B.Type]))
}

// cut gives the bounds of piece i of n things in equal pieces.
func cut(n, pieces, i int) (from, to int) { return i * n / pieces, (i + 1) * n / pieces }

func ceil(a, b int) int { return (a + b - 1) / b }

func clamp(x, low, high int) int { return max(low, min(x, high)) }
