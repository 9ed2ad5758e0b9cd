package weights

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/nn"
	"github.com/dauys/dauys/tensor/weights/mapped"
)

type layer struct {
	Q   nn.Linear `weight:"q"`
	K   nn.Linear `weight:"k"`
	Out nn.Linear `weight:"out"`
}

type toy struct {
	Table  nn.Embedding `weight:"embed"`
	Layers []layer      `weight:"layers"`
}

// of makes a tensor of f32 values.
func of(name string, shape []int, values ...float32) *mapped.Tensor {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	t, err := mapped.View(mapped.Memory(b), name, mapped.F32, shape, 0)
	if err != nil {
		panic(err)
	}
	return t
}

func fileOf(t *testing.T, tensors ...*mapped.Tensor) *File {
	t.Helper()
	f, err := mapped.New("test", mapped.Memory(nil), tensors)
	if err != nil {
		t.Fatal(err)
	}
	f.Path = "toy.bin"
	return f
}

func values(t *testing.T, p *tensor.Param) []float32 {
	t.Helper()
	if p == nil {
		return nil
	}
	b, err := p.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out []float32
	for ; len(b) > 0; b = b[4:] {
		out = append(out, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return out
}

// scheme is another spelling of toy: fused projections, a transposed output, a table of another shape.
var scheme = NameTable{
	Rules: []Rule{
		Reshape("table", "embed.weight", -1, 2),
		Split("{s}/layer_{i}/qk/w", "layers.{i}.q.weight", "layers.{i}.k.weight"),
		Split("{s}/layer_{i}/qk/b", "layers.{i}.q.bias", Zero),
		Transpose("{s}/layer_{i}/out/w", "layers.{i}.out.weight"),
		Rename("@/out/{i}/Add:1", "layers.{i}.out.bias"),
		Same("head", "embed.weight"),
		ExpectZero("mask"),
		Expect("pre_norm", 1),
		Ignore("junk.{rest...}", "training only"),
	},
	Absent: []string{"layers.{i}.k.bias"},
}

func spelled() []*mapped.Tensor {
	one, _ := mapped.View(mapped.Memory([]byte{1}), "pre_norm", mapped.I8, nil, 0)
	anonymous := of("onnx::Add_9", []int{2}, 13, 14)
	anonymous.Consumers = []string{"/out/0/Add:1"}
	return []*mapped.Tensor{
		of("table", []int{4}, 1, 2, 3, 4),
		of("decoder/layer_0/qk/w", []int{4, 1}, 5, 6, 7, 8),
		of("decoder/layer_0/qk/b", []int{4}, 9, 10, 0, float32(math.Copysign(0, -1))),
		of("decoder/layer_0/out/w", []int{2, 3}, 1, 2, 3, 4, 5, 6),
		anonymous,
		of("head", []int{2, 2}, 1, 2, 3, 4),
		of("mask", []int{1}, 0),
		one,
		of("junk.a.b", []int{1}, 99),
	}
}

func TestBindAppliesEveryRule(t *testing.T) {
	m := toy{Layers: make([]layer, 1)}
	tensors := spelled()
	if err := Bind(&m, fileOf(t, tensors...), scheme); err != nil {
		t.Fatal(err)
	}
	l := m.Layers[0]
	for _, c := range []struct {
		param *tensor.Param
		name  string
		shape []int
		want  []float32
	}{
		{m.Table.Weight, "embed.weight", []int{2, 2}, []float32{1, 2, 3, 4}},
		{l.Q.Weight, "layers.0.q.weight", []int{2, 1}, []float32{5, 6}},
		{l.K.Weight, "layers.0.k.weight", []int{2, 1}, []float32{7, 8}},
		{l.Q.Bias, "layers.0.q.bias", []int{2}, []float32{9, 10}},
		{l.Out.Weight, "layers.0.out.weight", []int{3, 2}, []float32{1, 4, 2, 5, 3, 6}},
		{l.Out.Bias, "layers.0.out.bias", []int{2}, []float32{13, 14}},
	} {
		if got := values(t, c.param); !slices.Equal(got, c.want) || c.param.Name != c.name || !slices.Equal(c.param.Shape, c.shape) {
			t.Errorf("%s: %v %v, want %s %v %v", c.name, c.param, got, c.name, c.shape, c.want)
		}
	}
	if l.K.Bias != nil {
		t.Error("the proven zero was bound")
	}
}

func TestBindListsEveryNameThatDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func([]*mapped.Tensor) []*mapped.Tensor
		want   string
	}{
		{
			"a tensor without a field", func(x []*mapped.Tensor) []*mapped.Tensor { return append(x, of("extra", nil, 1)) },
			"1 tensors unused: extra",
		},
		{"a layer too many", func(x []*mapped.Tensor) []*mapped.Tensor {
			return append(x, of("decoder/layer_1/out/w", []int{1, 1}, 1))
		}, "1 tensors unused: decoder/layer_1/out/w (layers.1.out.weight)"},
		{
			"a field without a tensor", func(x []*mapped.Tensor) []*mapped.Tensor { return slices.Delete(x, 3, 5) },
			"2 weights missing: layers.0.out.weight, layers.0.out.bias",
		},
		{
			"an optional field that this scheme has", func(x []*mapped.Tensor) []*mapped.Tensor { return slices.Delete(x, 2, 3) },
			"1 weights missing: layers.0.q.bias",
		},
		{"a part that is not zero", func(x []*mapped.Tensor) []*mapped.Tensor {
			x[2] = of("decoder/layer_0/qk/b", []int{4}, 9, 10, 0, 1e-30)
			return x
		}, "decoder/layer_0/qk/b: it should hold zeros only"},
		{"a tied copy that differs", func(x []*mapped.Tensor) []*mapped.Tensor {
			x[5] = of("head", []int{2, 2}, 1, 2, 3, 5)
			return x
		}, "head: it differs from embed.weight"},
		{"a setting of another value", func(x []*mapped.Tensor) []*mapped.Tensor {
			x[7], _ = mapped.View(mapped.Memory([]byte{0}), "pre_norm", mapped.I8, nil, 0)
			return x
		}, "pre_norm: it is 0, this program knows 1 only"},
		{"rows that do not split", func(x []*mapped.Tensor) []*mapped.Tensor {
			x[1] = of("decoder/layer_0/qk/w", []int{3, 1}, 5, 6, 7)
			return x
		}, "decoder/layer_0/qk/w: shape [3 1] does not split into 2"},
		{"two tensors for a field", func(x []*mapped.Tensor) []*mapped.Tensor {
			return append(x, of("embed.weight", []int{2, 2}, 1, 2, 3, 4))
		}, "embed.weight: another tensor is embed.weight already"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := toy{Layers: make([]layer, 1)}
			err := Bind(&m, fileOf(t, c.change(spelled())...), scheme)
			if fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestFieldsWithAShapeKeepIt(t *testing.T) {
	m := toy{Layers: make([]layer, 1)}
	m.Table.Weight = &tensor.Param{Shape: []int{3, 2}}
	err := Bind(&m, fileOf(t, spelled()...), scheme)
	if err == nil || !strings.Contains(err.Error(), "table: its shape is [2 2], the model's [3 2]") {
		t.Errorf("got %v", err)
	}
}

func TestShapesAreKnownBeforeTheModel(t *testing.T) {
	c := Apply(fileOf(t, spelled()...), scheme)
	if s, ok := c.Shape("layers.0.out.weight"); !ok || !slices.Equal(s, []int{3, 2}) {
		t.Errorf("layers.0.out.weight: %v, %t", s, ok)
	}
	if s, ok := c.Shape("layers.1.out.weight"); ok {
		t.Errorf("layers.1.out.weight: %v", s)
	}
}

func TestSlicesCarryTheirScales(t *testing.T) {
	w, _ := mapped.View(mapped.Memory([]byte{1, 2, 3, 4, 5, 6, 7, 8}), "decoder/layer_0/qk/w", mapped.I8, []int{4, 2}, 0)
	w.Scale = of("scale", []int{4}, 0.1, 0.2, 0.3, 0.4)
	tensors := spelled()
	tensors[1] = w
	m := toy{Layers: make([]layer, 1)}
	if err := Bind(&m, fileOf(t, tensors...), scheme); err != nil {
		t.Fatal(err)
	}
	k := m.Layers[0].K.Weight
	b, err := k.Load()
	if err != nil || !slices.Equal(b, []byte{5, 6, 7, 8}) || k.DType != tensor.I8 {
		t.Errorf("key: %v %v, %v", k, b, err)
	}
	if got := values(t, k.Scale); !slices.Equal(got, []float32{0.3, 0.4}) || !slices.Equal(k.Scale.Shape, []int{2}) {
		t.Errorf("scale of the key: %v %v", k.Scale, got)
	}
}

func TestAliasAndSameGiveTheWeightWhereItHasOneCopy(t *testing.T) {
	type tied struct {
		In  nn.Embedding `weight:"in"`
		Out nn.Embedding `weight:"out"`
	}
	var m tied
	table := NameTable{Rules: []Rule{Same("head", "in.weight"), Alias("out.weight", "in.weight")}}
	if err := Bind(&m, fileOf(t, of("head", []int{1, 1}, 7)), table); err != nil {
		t.Fatal(err)
	}
	if m.In.Weight == nil || m.In.Weight != m.Out.Weight {
		t.Errorf("in %v, out %v", m.In.Weight, m.Out.Weight)
	}
}

func TestRowsAreReordered(t *testing.T) {
	var m struct {
		W nn.Linear `weight:"w"`
	}
	reverse := func(n int) []int {
		order := make([]int, n)
		for i := range order {
			order[i] = n - 1 - i
		}
		return order
	}
	f := fileOf(t, of("x", []int{3, 2}, 1, 2, 3, 4, 5, 6))
	if err := Bind(&m, f, NameTable{Rules: []Rule{Rows("x", "w.weight", reverse)}}); err != nil {
		t.Fatal(err)
	}
	if got := values(t, m.W.Weight); !slices.Equal(got, []float32{5, 6, 3, 4, 1, 2}) {
		t.Errorf("got %v", got)
	}
}

func TestPermuteMovesAxesAsNumpyDoes(t *testing.T) {
	p := &tensor.Param{DType: tensor.F32, Shape: []int{2, 3, 2}, Load: of("", []int{12}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).Load}
	got, err := permuted(p, []int{2, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	// numpy.arange(12).reshape(2, 3, 2).transpose(2, 0, 1).ravel()
	if v := values(t, got); !slices.Equal(v, []float32{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11}) || !slices.Equal(got.Shape, []int{2, 2, 3}) {
		t.Errorf("%v %v", got.Shape, v)
	}
	for _, axes := range [][]int{{0, 1}, {0, 0, 1}, {0, 1, 3}} {
		if _, err := permuted(p, axes); err == nil {
			t.Errorf("axes %v are accepted", axes)
		}
	}
}

func TestDoublesBecomeFloats(t *testing.T) {
	x, _ := mapped.View(mapped.Memory(binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.1))), "x", mapped.F64, nil, 0)
	p, err := param(x)
	if err != nil || p.DType != tensor.F32 || values(t, p)[0] != 0.1 {
		t.Errorf("%v, %v", p, err)
	}
}

func TestTypesThatCannotBeBoundSaySo(t *testing.T) {
	for _, kind := range []mapped.Type{mapped.Q4_K, mapped.I64, mapped.I8} {
		if _, err := param(&mapped.Tensor{Type: kind, Shape: []int{256}}); err == nil {
			t.Errorf("%v without more is accepted", kind)
		}
	}
}
