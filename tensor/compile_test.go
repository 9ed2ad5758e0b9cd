package tensor_test

import (
	"context"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/null"
)

func weight(name string, shape ...int) *tensor.Param { return &tensor.Param{Name: name, Shape: shape} }

// steps compiles for device null and gives the operations that are left, one a line, without kernels and places.
func steps(t *testing.T, build func(g *tensor.Graph)) string {
	t.Helper()
	p, err := tensor.Compile(null.Device{}, build)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range strings.Split(strings.TrimSpace(p.String()), "\n")[1:] {
		_, op, _ := strings.Cut(line, "null")
		op, _, _ = strings.Cut(op, " @")
		out = append(out, strings.TrimSpace(op))
	}
	return strings.Join(out, "\n")
}

func TestFusion(t *testing.T) {
	for _, c := range []struct {
		name  string
		build func(g *tensor.Graph)
		want  string
	}{
		{"bias, activation and sum go into the product", func(g *tensor.Graph) {
			x := g.Input("x", tensor.F32, 3, 4)
			y := x.Add(x.Linear(weight("up", 8, 4), weight("bias", 8)).GELU().Linear(weight("down", 4, 8), nil))
			g.Output("y", y)
		}, `
linear f32[3,4] up f32[8,4] bias f32[8] {gelu false} -> f32[3,8]
linear f32[3,8] f32[3,4] down f32[4,8] none {none true} -> f32[3,4]`},
		{"the later of two products takes the sum, and siblings do not", func(g *tensor.Graph) {
			x, h := g.Input("x", tensor.F32, 1, 4), g.State("h", tensor.F32, 1, 2)
			gates := x.Linear(weight("ih", 8, 4), nil).Add(h.Linear(weight("hh", 8, 2), nil))
			g.Output("y", gates)
		}, `
linear f32[1,4] ih f32[8,4] none {none false} -> f32[1,8]
linear f32[1,2] f32[1,8] hh f32[8,2] none {none true} -> f32[1,8]`},
		{"a product with two readers keeps its result", func(g *tensor.Graph) {
			y := g.Input("x", tensor.F32, 3, 4).Linear(weight("w", 4, 4), nil)
			g.Output("y", y.GELU().Mul(y))
		}, `
linear f32[3,4] w f32[4,4] none {none false} -> f32[3,4]
pointwise f32[3,4] r1=gelu(r0) r2=mul(r1,r0) -> f32[3,4]`},
		{"chains become one operation", func(g *tensor.Graph) {
			x, y := g.Input("x", tensor.F32, 3, 4), g.Input("y", tensor.F32, 4)
			g.Output("z", x.Sigmoid().Mul(y).Add(x.Tanh()).MulScalar(2))
		}, `
pointwise f32[3,4] f32[4] r2=tanh(r0) r3=sigmoid(r0) r4=mul(r3,r1) r5=add(r4,r2) r6=mul scalar(r5,2) -> f32[3,4]`},
		{"query, key and value run together", func(g *tensor.Graph) {
			x := g.Input("x", tensor.F32, 1, 5, 4)
			q, k, v := x.Linear(weight("q", 4, 4), nil), x.Linear(weight("k", 4, 4), nil), x.Linear(weight("v", 4, 4), nil)
			g.Output("y", q.Attention(k, v, tensor.AttentionOptions{Heads: 2}))
		}, `
linear f32[1,5,4] q f32[4,4] none k f32[4,4] none v f32[4,4] none {none false} -> f32[1,5,4], f32[1,5,4], f32[1,5,4]
attention f32[1,5,4] f32[1,5,4] f32[1,5,4] {2 2 0.70710677 false <nil>} -> f32[1,5,4]`},
		{"padding goes into the convolution", func(g *tensor.Graph) {
			x := g.Input("x", tensor.F32, 1, 5, 4)
			g.Output("y", x.PadTime(2, 0).Conv1d(weight("w", 6, 4, 3), nil, tensor.Conv1dOptions{}).ReLU())
		}, `
conv1d f32[1,5,4] w f32[6,4,3] none {{1 0 1 1} {2 0} {relu false}} -> f32[1,5,6]`},
		{"views cost nothing and transposes go into the product", func(g *tensor.Graph) {
			x := g.Input("x", tensor.F32, 2, 6, 8)
			g.Output("y", x.Slice(1, 0, 3).MatMulT(x.Reshape(2, 6, 8).Slice(1, 3, 6)))
		}, `
matmul f32[2,3,8] f32[2,8,3] {{none false}} -> f32[2,3,3]`},
		{"a view that no kernel reads is copied", func(g *tensor.Graph) {
			x := g.Input("x", tensor.F32, 2, 3, 4)
			g.Output("y", x.Transpose(0, 2, 1).Softmax())
		}, `
copy f32[2,4,3] -> f32[2,4,3]
softmax f32[2,4,3] {false} -> f32[2,4,3]`},
		{"what depends on weights alone is computed before", func(g *tensor.Graph) {
			x := g.Input("x", tensor.F32, 2, 4)
			g.Output("y", x.Add(g.Param(weight("positions", 9, 4)).MulScalar(3).Exp().Slice(0, 1, 3)))
		}, `
pointwise f32[2,4] f32[2,4] r2=add(r0,r1) -> f32[2,4]`},
		{"what nobody reads is dropped, stores come last", func(g *tensor.Graph) {
			x, h := g.Input("x", tensor.F32, 2), g.State("h", tensor.F32, 2)
			x.Exp()
			g.Store(h, x.Neg())
			g.Output("y", h.Sqrt())
		}, `
pointwise f32[2] r1=neg(r0) -> f32[2]
pointwise f32[2] r1=sqrt(r0) -> f32[2]
store f32[2] f32[2]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := steps(t, c.build); got != strings.TrimSpace(c.want) {
				t.Errorf("steps:\n%s\nwant:%s", got, c.want)
			}
		})
	}
}

func TestShapeErrorsNameTheWeight(t *testing.T) {
	for _, c := range []struct {
		name  string
		build func(g *tensor.Graph)
		want  string
	}{
		{
			"linear of another width", func(g *tensor.Graph) { g.Input("x", tensor.F32, 3, 5).Linear(weight("blocks.0.fc1.weight", 8, 4), nil) },
			"linear: weight blocks.0.fc1.weight f32[8,4] wants 4 columns, the input is x f32[3,5]",
		},
		{"bias of another length", func(g *tensor.Graph) {
			g.Input("x", tensor.F32, 3, 4).Linear(weight("w", 8, 4), weight("fc1.bias", 7))
		}, "linear: fc1.bias f32[7] must be [8]"},
		{"weight that was not bound", func(g *tensor.Graph) { g.Input("x", tensor.F32, 3, 4).Linear(nil, nil) }, "the weight is nil"},
		{
			"shapes that do not broadcast", func(g *tensor.Graph) { g.Input("x", tensor.F32, 3, 4).Add(g.Input("y", tensor.F32, 3)) },
			"add: x f32[3,4] and y f32[3] do not broadcast",
		},
		{"signal shorter than the taps", func(g *tensor.Graph) {
			g.Input("x", tensor.F32, 1, 2, 4).Conv1d(weight("conv1.weight", 8, 4, 3), nil, tensor.Conv1dOptions{})
		}, "conv1d: weight conv1.weight f32[8,4,3]: 2 rows with padding 0 are fewer than the taps need"},
		{"heads that do not divide", func(g *tensor.Graph) {
			x := g.Input("x", tensor.F32, 1, 2, 10)
			x.Attention(x, x, tensor.AttentionOptions{Heads: 3})
		}, "3 heads"},
		{"two inputs of one name", func(g *tensor.Graph) { g.Input("x", tensor.F32, 1); g.Input("x", tensor.F32, 1) }, "already in use"},
		{"nothing to compute", func(g *tensor.Graph) { g.Input("x", tensor.F32, 1) }, "neither outputs nor stores"},
		{"slice out of range", func(g *tensor.Graph) { g.Input("x", tensor.F32, 4).Slice(0, 2, 5) }, "slice: 2 to 5 of axis 0 of x f32[4]"},
		{"reshape to another size", func(g *tensor.Graph) { g.Input("x", tensor.F32, 4).Reshape(3, -1) }, "reshape: x f32[4] has 4 values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tensor.Compile(null.Device{}, c.build)
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestSessionRefusesBuffersThatDoNotFit(t *testing.T) {
	p, err := tensor.Compile(null.Device{}, func(g *tensor.Graph) { g.Output("y", g.State("h", tensor.F32, 2).Exp()) })
	if err != nil {
		t.Fatal(err)
	}
	for name, bind := range map[string]map[string]*tensor.Buffer{
		"another shape": {"h": tensor.HostBuffer(tensor.F32, 3)},
		"another type":  {"h": tensor.HostBuffer(tensor.F16, 2)},
		"unknown name":  {"g": tensor.HostBuffer(tensor.F32, 2)},
	} {
		if _, err := p.NewSession(bind); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: error %v", name, err)
		}
	}
	s, err := p.NewSession(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(context.Background(), tensor.Live); fault.KindOf(err) != fault.Unsupported {
		t.Errorf("the null device ran: %v", err)
	}
}
