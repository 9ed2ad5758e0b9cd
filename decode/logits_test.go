package decode

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestExpIsAccurate(t *testing.T) {
	worst := 0.0
	for x := float32(-80); x < 80; x += 0.0173 {
		want := math.Exp(float64(x))
		worst = max(worst, math.Abs(float64(exp(x))-want)/want)
	}
	if worst > 8e-6 { // x*log2(e) is rounded: 80 ulps at the ends
		t.Fatalf("greatest relative error %g", worst)
	}
	for x := -negligible; x <= 0; x += 0.0007 {
		want := math.Exp(float64(x))
		if e := math.Abs(float64(exp(x))-want) / want; e > 2.5e-6 {
			t.Fatalf("exp(%g) is wrong by %g", x, e)
		}
	}
	if exp(0) != 1 {
		t.Fatalf("exp(0) = %g", exp(0))
	}
}

func TestLogSumExpOfSpecialValues(t *testing.T) {
	inf := float32(math.Inf(-1))
	for _, c := range []struct {
		x    []float32
		want float64
	}{
		{[]float32{0}, 0},
		{[]float32{inf, 3, inf}, 3},
		{[]float32{1000, 1000}, 1000 + math.Ln2},
		{[]float32{inf, inf}, math.Inf(-1)},
		{nil, math.Inf(-1)},
		{[]float32{-1000, -1001}, -1000 + math.Log1p(math.Exp(-1))},
	} {
		if got := logSumExp(c.x); got != c.want && !(math.Abs(got-c.want) < 1e-6) {
			t.Errorf("logSumExp(%v) = %v, want %v", c.x, got, c.want)
		}
	}
}

func TestDrawFollowsTheDistribution(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, 700)
	for i := range x {
		x[i] = float32(math.Inf(-1))
	}
	x[3], x[300], x[699] = 0, float32(math.Log(2)), float32(math.Log(5))
	for _, temperature := range []float64{0.5, 1, 2} {
		counts := map[int]float64{}
		const draws = 20000
		for range draws {
			counts[draw(x, temperature, random.Float64())]++
		}
		sum := 1 + math.Pow(2, 1/temperature) + math.Pow(5, 1/temperature)
		for i, weight := range map[int]float64{3: 1, 300: 2, 699: 5} {
			want := math.Pow(weight, 1/temperature) / sum
			if got := counts[i] / draws; math.Abs(got-want) > 0.02 {
				t.Errorf("temperature %v: %d came in %.3f of the draws, want %.3f", temperature, i, got, want)
			}
		}
		if len(counts) != 3 {
			t.Errorf("impossible tokens were drawn: %v", counts)
		}
	}
	if got := draw(x, 1, math.Nextafter(1, 0)); got != 699 {
		t.Errorf("the end of the range draws %d", got)
	}
}

func TestTopKIsSortedAndStable(t *testing.T) {
	got := topK([]float32{1, 5, 3, 5, 2}, 3)
	if len(got) != 3 || got[0] != 1 || got[1] != 3 || got[2] != 2 {
		t.Fatalf("got %v", got)
	}
	if got := topK([]float32{1}, 3); len(got) != 1 {
		t.Fatalf("got %v", got)
	}
}

func BenchmarkLogSumExp(b *testing.B) {
	x := make([]float32, 51865)
	for i := range x {
		x[i] = float32(i%19) - 19
	}
	for b.Loop() {
		logSumExp(x)
	}
}
