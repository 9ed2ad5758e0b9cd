package whisper

import (
	"maps"
	"strconv"
	"sync"

	"github.com/dauys/dauys/decode/kv"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/nn"
)

// Sizes of the caches, in positions a page. The memory page divides every window bucket; 16 wastes little of short texts.
const (
	memoryPage = 50
	textPage   = 16
)

// PositionsPerSecond of the encoder: two mel frames, 20 ms, each.
const PositionsPerSecond = 50

// ProgramsConfig of a model on a device. Model and Device have no default.
type ProgramsConfig struct {
	Model  *Model
	Device tensor.Device
	// Windows is how many windows of full length (30 s) the memory holds; 0 = 4. Shorter ones take less.
	Windows int
	// Hypotheses is how many sequences may be decoded at the same time; 0 = 20. There is room for as many texts of
	// half the longest length, which is the most that a window gets; those with long prompts share it.
	Hypotheses int
	// CacheType is the type of the cached keys and values: F32 or F16.
	CacheType tensor.DType
}

// Programs are a model's compiled parts and the memory that they share. They are compiled when first needed and safe for
// concurrent use; the decoder's rows belong to one goroutine ([TextRows]).
type Programs struct {
	model   *Model
	device  tensor.Device
	text    map[string]*tensor.Buffer // the text cache of all blocks
	audio   map[string]*tensor.Buffer // the memory of all blocks
	states  map[string]*tensor.Buffer // both: the states of a decoder body
	windows int
	seats   int // hypotheses
	texts   int // pages of the decoder's text cache; those of one more sequence follow, for alignment

	mu       sync.Mutex
	memory   *kv.Pool
	released chan struct{} // closed, and replaced, when a window is released
	encoders map[int]*encoder
}

// NewPrograms allocates the caches. Compiling happens at first use.
func NewPrograms(c ProgramsConfig) (*Programs, error) {
	const op = "whisper.NewPrograms"
	if c.Model == nil || c.Device == nil {
		return nil, fault.Errorf(op, fault.Invalid, "a model and a device are needed")
	}
	if c.Windows == 0 {
		c.Windows = 4
	}
	if c.Hypotheses == 0 {
		c.Hypotheses = 20
	}
	m := c.Model.Config
	pages := (m.AudioLen + memoryPage - 1) / memoryPage
	memory, err := kv.NewPool(c.Windows*pages, memoryPage)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	p := &Programs{
		model: c.Model, device: c.Device, text: map[string]*tensor.Buffer{}, audio: map[string]*tensor.Buffer{},
		windows: pages, seats: c.Hypotheses, memory: memory, released: make(chan struct{}), encoders: map[int]*encoder{},
	}
	p.texts = max(p.sequencePages(), c.Hypotheses*((m.TextLen/2+textPage-1)/textPage+1))
	for i := range m.Decoders {
		for _, side := range []string{"k", "v"} {
			p.text[selfName(i, side)] = c.Device.NewBuffer(c.CacheType, p.texts+p.sequencePages(), textPage, m.Width)
			p.audio[crossName(i, side)] = c.Device.NewBuffer(c.CacheType, memory.Pages(), memoryPage, m.Width)
		}
	}
	p.states = maps.Clone(p.text)
	maps.Copy(p.states, p.audio)
	return p, nil
}

// Check compiles every kind of program once, without running it: it proves that a model's parts fit together. On the null
// device it needs no weights.
func (p *Programs) Check() error {
	compile := []func() (*tensor.Program, error){
		func() (*tensor.Program, error) { return p.compileEncoder(p.model.Config.AudioLen) },
		func() (*tensor.Program, error) { return p.compileBody(1) },
		func() (*tensor.Program, error) { return p.compileHead(1) },
		func() (*tensor.Program, error) { return p.compileAlign(maxRows) },
	}
	for _, c := range compile {
		if _, err := c(); err != nil {
			return fault.E("whisper.Check", fault.Other, err)
		}
	}
	return nil
}

func selfName(block int, side string) string  { return "self." + strconv.Itoa(block) + "." + side }
func crossName(block int, side string) string { return "cross." + strconv.Itoa(block) + "." + side }

// sequencePages is the pages of the longest text.
func (p *Programs) sequencePages() int { return (p.model.Config.TextLen + textPage - 1) / textPage }

// pool declares the cache of one attention in a graph.
func pool(g *tensor.Graph, from map[string]*tensor.Buffer, name func(int, string) string, block int) tensor.KV {
	k, v := from[name(block, "k")], from[name(block, "v")]
	return tensor.KV{
		K: g.State(name(block, "k"), k.DType(), k.Shape()...),
		V: g.State(name(block, "v"), v.DType(), v.Shape()...),
	}
}

// caches declares the caches of all blocks as rows see them.
func (p *Programs) caches(g *tensor.Graph, rows int) (self, cross []nn.KV) {
	m := p.model.Config
	slots := g.Input("slots", tensor.I32, rows)
	table := g.Input("table", tensor.I32, rows, p.sequencePages())
	lengths := g.Input("lengths", tensor.I32, rows)
	memory := g.Input("memory", tensor.I32, rows, p.windows)
	heard := g.Input("heard", tensor.I32, rows)
	for i := range m.Decoders {
		self = append(self, nn.KV{Pool: pool(g, p.text, selfName, i), Slots: slots, Table: table, Lengths: lengths})
		cross = append(cross, nn.KV{Pool: pool(g, p.audio, crossName, i), Table: memory, Lengths: heard})
	}
	return self, cross
}
