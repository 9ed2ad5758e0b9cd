package onnx

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

// maxDepth bounds graphs inside graphs.
const maxDepth = 8

// Node is an operation of the graph.
type Node struct {
	Name, Op        string // Name is the first output's where the exporter gave none
	Inputs, Outputs []string
	Attrs           map[string]Attr
}

// Attr is a node's attribute; graphs and tensors are read elsewhere.
type Attr struct {
	Int    int64
	Float  float32
	Text   string
	Ints   []int64
	Floats []float32
}

// Sniff says whether head, the first bytes of a file, may belong to an ONNX file: it has no magic, but every writer begins
// with the IR version (field 1, a small number).
func Sniff(head []byte) bool {
	return len(head) > 16 && head[0] == modelIR<<3 && head[1] > 0 && head[1] < 64 && head[2]&7 <= 2
}

// Read lists the initialisers and constants of source. Tensors know their Consumers; Meta holds the model's properties as
// strings and the graph as "nodes" ([]Node).
func Read(source *mapped.Mapping) (*mapped.File, error) {
	const op fault.Op = "onnx.Read"
	r := &reader{source: source}
	meta := mapped.Meta{}
	graphs := 0
	err := message{source.Data(), 0}.each(func(f field) error {
		switch f.num {
		case modelGraph:
			graphs++
			return r.graph(f.body, "", nil, 0)
		case modelMeta:
			return property(f.body, meta)
		}
		return nil
	})
	if err == nil && graphs != 1 {
		err = fmt.Errorf("it holds %d graphs: no ONNX model", graphs)
	}
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	file, err := mapped.New("onnx", source, r.tensors)
	if err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	meta["nodes"] = r.nodes
	file.Meta = meta
	return file, nil
}

func property(m message, meta mapped.Meta) error {
	var key, value string
	err := m.each(func(f field) error {
		switch f.num {
		case pairKey:
			key = f.text()
		case pairValue:
			value = f.text()
		}
		return nil
	})
	meta[key] = value
	return err
}

type reader struct {
	source  *mapped.Mapping
	tensors []*mapped.Tensor
	nodes   []Node
}

// scope resolves the names of a graph: its own, then those of the graph around it.
type scope struct {
	outer *scope
	names map[string]*mapped.Tensor
}

func (s *scope) find(name string) *mapped.Tensor {
	for ; s != nil; s = s.outer {
		if t := s.names[name]; t != nil {
			return t
		}
	}
	return nil
}

// graph reads the tensors of a graph, then its nodes, because the nodes may come first in the file.
func (r *reader) graph(m message, prefix string, outer *scope, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("graphs nest deeper than %d", maxDepth)
	}
	s := &scope{outer, map[string]*mapped.Tensor{}}
	err := m.each(func(f field) error {
		switch f.num {
		case graphInit:
			return r.tensor(f.body, prefix, "", s)
		case graphSparse:
			return fmt.Errorf("sparse initialisers are not supported")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return m.each(func(f field) error {
		if f.num != graphNode {
			return nil
		}
		return r.node(f.body, prefix, s, depth)
	})
}

// attribute is a decoded AttributeProto.
type attribute struct {
	name   string
	value  Attr
	tensor *message
	graphs []message
}

func (r *reader) node(m message, prefix string, s *scope, depth int) error {
	n := Node{Attrs: map[string]Attr{}}
	var attrs []attribute
	err := m.each(func(f field) error {
		switch f.num {
		case nodeInput:
			n.Inputs = append(n.Inputs, f.text())
		case nodeOutput:
			n.Outputs = append(n.Outputs, f.text())
		case nodeName:
			n.Name = f.text()
		case nodeOp:
			n.Op = f.text()
		case nodeAttr:
			a, err := readAttr(f.body)
			attrs = append(attrs, a)
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n.Name == "" && len(n.Outputs) > 0 {
		n.Name = n.Outputs[0]
	}
	n.Name = prefix + n.Name
	for i, name := range n.Inputs {
		if t := s.find(name); t != nil {
			t.Consumers = append(t.Consumers, n.Name+":"+strconv.Itoa(i))
		}
	}
	r.nodes = append(r.nodes, n)
	return r.attributes(n, attrs, prefix, s, depth)
}

// attributes reads what attributes hold beside plain values: a Constant's tensor, the branches of an If.
func (r *reader) attributes(n Node, attrs []attribute, prefix string, s *scope, depth int) error {
	for _, a := range attrs {
		n.Attrs[a.name] = a.value
		if a.tensor != nil && n.Op == "Constant" && len(n.Outputs) == 1 {
			if err := r.tensor(*a.tensor, prefix, n.Outputs[0], s); err != nil {
				return err
			}
		}
		for _, g := range a.graphs {
			if err := r.graph(g, n.Name+"/"+a.name+"/", s, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func readAttr(m message) (a attribute, err error) {
	err = m.each(func(f field) (err error) {
		switch f.num {
		case attrName:
			a.name = f.text()
		case attrF:
			a.value.Float = float32From(uint32(f.value))
		case attrI:
			a.value.Int = int64(f.value)
		case attrS:
			a.value.Text = f.text()
		case attrT:
			a.tensor = &f.body
		case attrG, attrGraphs:
			a.graphs = append(a.graphs, f.body)
		case attrInts:
			a.value.Ints, err = f.varints(a.value.Ints)
		case attrFloats:
			a.value.Floats = f.floats(a.value.Floats)
		}
		return err
	})
	return a, err
}

// external is what TensorProto.data_location says of weights in another file.
const external = 1

func (r *reader) tensor(m message, prefix, name string, s *scope) error {
	var v values
	if err := v.read(m); err != nil {
		return err
	}
	if name == "" {
		name = v.name
	}
	if v.location == external {
		return fmt.Errorf("tensor %q lies in another file, which is not supported", name)
	}
	t, err := v.view(r.source, prefix+name)
	if err != nil {
		return err
	}
	if t == nil { // strings and the like: no weights
		return nil
	}
	r.tensors = append(r.tensors, t)
	s.names[name] = t
	return nil
}

// memory is a tensor whose values were decoded.
func memory(name string, t mapped.Type, shape []int, b []byte) (*mapped.Tensor, error) {
	if size, err := mapped.Size(t, shape); err != nil || size != len(b) {
		return nil, fmt.Errorf("tensor %q: %d bytes do not hold %v %v", name, len(b), t, shape)
	}
	return &mapped.Tensor{
		Name: name, Type: t, Shape: shape,
		Load: func() ([]byte, error) { return bytes.Clone(b), nil }, Release: func([]byte) {},
	}, nil
}
