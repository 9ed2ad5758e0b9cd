package convert_test

import (
	"math"
	"testing"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/convert"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
)

// halfValue is the value of a half from its definition.
func halfValue(h uint16) float64 {
	sign, exp, frac := 1.0, int(h>>10&31), float64(h&1023)
	if h>>15 != 0 {
		sign = -1
	}
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

func TestEveryHalfWidensAndReturns(t *testing.T) {
	all := make([]uint16, 1<<16)
	want := make([]float64, len(all))
	for i := range all {
		all[i] = uint16(i)
		want[i] = halfValue(uint16(i))
	}
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		got, back := make([]float32, len(all)), make([]uint16, len(all))
		convert.F16ToF32(level, got, all)
		kerneltest.Close(t, got, want, 0)
		convert.F32ToF16(level, back, got)
		for i := range all {
			if all[i] != back[i] && !math.IsNaN(want[i]) {
				t.Fatalf("%04x returns as %04x", all[i], back[i])
			}
		}
		convert.BF16ToF32(level, got, all)
		convert.F32ToBF16(level, back, got)
		for i := range all {
			if math.Float32bits(got[i]) != uint32(i)<<16 || back[i] != all[i] && got[i] == got[i] {
				t.Fatalf("bf16 %04x becomes %08x, returns as %04x", i, math.Float32bits(got[i]), back[i])
			}
		}
	})
}

// narrowed gives values at and around every tie between neighbouring narrow numbers.
func narrowed() (x []float32) {
	for h := range 0x7c00 {
		mid := float32((halfValue(uint16(h)) + halfValue(uint16(h+1))) / 2)
		if h == 0x7bff {
			mid = 65520
		}
		b := math.Float32bits(mid)
		x = append(x, mid, -mid, math.Float32frombits(b-1), math.Float32frombits(b+1))
	}
	for _, b := range []uint32{0, 1, 0x7fc00000, 0x7f800001, 0xffffffff, 0x7f800000, 0xff800000, 0x7f7fffff, 0x3f808000, 0x3f818000, 0x3f808001} {
		x = append(x, math.Float32frombits(b))
	}
	return append(x, kerneltest.Normal(1003, 1)...)
}

func TestAllLevelsNarrowToTheSameNearestBits(t *testing.T) {
	x := narrowed()
	for _, v := range x {
		if g, f := halfValue(convert.ToF16(v)), float64(v); math.Abs(f) < 65520 {
			for _, n := range []uint16{convert.ToF16(v) + 1, convert.ToF16(v) - 1} {
				d, other := math.Abs(g-f), math.Abs(halfValue(n)-f)
				if other < d || other == d && n&1 == 0 {
					t.Fatalf("%g becomes %g, but %g is nearer or even", v, g, halfValue(n))
				}
			}
		}
	}
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		half, brain := make([]uint16, len(x)), make([]uint16, len(x))
		convert.F32ToF16(level, half, x)
		convert.F32ToBF16(level, brain, x)
		for i, v := range x {
			if half[i] != convert.ToF16(v) {
				t.Fatalf("f16 of %08x is %04x, want %04x", math.Float32bits(v), half[i], convert.ToF16(v))
			}
			if brain[i] != convert.ToBF16(v) {
				t.Fatalf("bf16 of %08x is %04x, want %04x", math.Float32bits(v), brain[i], convert.ToBF16(v))
			}
		}
	})
}

func TestInt8RowsKeepHalfAStep(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, level kernel.Level) {
		for _, n := range []int{0, 1, 7, 16, 33, 1000} {
			x, q, back := kerneltest.Normal(n, 1), make([]int8, n), make([]float32, n)
			scale := convert.F32ToI8(q, x)
			convert.I8ToF32(level, back, q, scale)
			for i := range x {
				if d := math.Abs(float64(x[i] - back[i])); d > float64(scale)*0.5001 {
					t.Errorf("%g returns as %g, scale %g", x[i], back[i], scale)
				}
				if back[i] != scale*float32(q[i]) {
					t.Errorf("%d * %g is %g", q[i], scale, back[i])
				}
			}
		}
	})
	q := make([]int8, 3)
	if s := convert.F32ToI8(q, []float32{float32(math.NaN()), float32(math.Inf(1)), 1}); s != 1.0/127 || q[0] != 0 || q[1] != 127 || q[2] != 127 {
		t.Errorf("NaN, Inf, 1 become %v, scale %g", q, s)
	}
	if s := convert.F32ToI8(q, make([]float32, 3)); s != 0 || q[1] != 0 {
		t.Errorf("zeros become %v, scale %g", q, s)
	}
}

func BenchmarkF16ToF32(b *testing.B) {
	src, dst := make([]uint16, 1<<20), make([]float32, 1<<20)
	for _, level := range kerneltest.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			b.SetBytes(6 << 20)
			for b.Loop() {
				convert.F16ToF32(level, dst, src)
			}
		})
	}
}

func BenchmarkF32ToF16(b *testing.B) {
	src, dst := kerneltest.Normal(1<<20, 1), make([]uint16, 1<<20)
	for _, level := range kerneltest.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			b.SetBytes(6 << 20)
			for b.Loop() {
				convert.F32ToF16(level, dst, src)
			}
		})
	}
}
