package matmul

import (
	"fmt"
	"testing"
	"time"

	"github.com/dauys/dauys/tensor/kernel"
	"github.com/dauys/dauys/tensor/kernel/kerneltest"
	"github.com/dauys/dauys/tensor/kernel/peak"
)

// BenchmarkManyRows multiplies as encoders do: Whisper's windows of 1500 frames, its widths from base to large.
func BenchmarkManyRows(b *testing.B) {
	for _, l := range kerneltest.Levels() {
		for _, workers := range []int{1, 2} {
			limit := peak.FLOPS(l, kerneltest.Parallel(workers))
			for _, typ := range []Type{F32, F16} {
				for _, s := range [][3]int{{1500, 512, 512}, {1500, 2048, 512}, {1500, 512, 2048}, {1500, 1280, 1280}, {1500, 5120, 1280}, {1500, 1280, 5120}, {100, 512, 512}} {
					b.Run(fmt.Sprintf("%v/%d/%v/%dx%dx%d", l, workers, typ, s[0], s[1], s[2]), func(b *testing.B) {
						m := product(b, l, workers, typ, s[0], s[1], s[2], None)
						rate := 2 * float64(s[0]) * float64(s[1]) * float64(s[2]) / best(b, m, workers)
						b.ReportMetric(rate/1e9, "GFLOP/s")
						b.ReportMetric(100*rate/limit, "%peak")
					})
				}
			}
		}
	}
}

// BenchmarkFewRows multiplies as decoders do: the rows of a beam against more weights than the caches hold.
func BenchmarkFewRows(b *testing.B) {
	for _, l := range kerneltest.Levels()[1:] {
		for _, workers := range []int{1, 2} {
			limit := peak.Read(l, kerneltest.Parallel(workers))
			for _, typ := range []Type{F32, F16, BF16, I8} {
				for _, rows := range []int{1, 3, 5, 8, 14} {
					b.Run(fmt.Sprintf("%v/%d/%v/%d", l, workers, typ, rows), func(b *testing.B) {
						m := product(b, l, workers, typ, rows, 51865, 512, None)
						seconds := best(b, m, workers)
						rate := float64(m.args.B.Bytes()) / seconds
						b.ReportMetric(rate/1e9, "GB/s")
						b.ReportMetric(100*rate/limit, "%read")
						b.ReportMetric(2*float64(rows)*51865*512/seconds/1e9, "GFLOP/s")
					})
				}
			}
		}
	}
}

// BenchmarkPack packs the weights of whisper-base's decoder head.
func BenchmarkPack(b *testing.B) {
	for _, l := range kerneltest.Levels() {
		for _, typ := range []Type{F32, F16, I8} {
			b.Run(fmt.Sprintf("%v/%v", l, typ), func(b *testing.B) {
				src := F16
				rows := make([]byte, 51865*512*src.Size())
				b.SetBytes(int64(len(rows)))
				for b.Loop() {
					if _, err := Pack(l, kerneltest.Parallel(2), typ, src, rows, 51865, 512, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// best runs a product and gives the seconds of the fastest run: the limits are taken so too, and others may use the machine.
func best(b *testing.B, m *Mul, workers int) float64 {
	fastest := time.Duration(1<<63 - 1)
	for b.Loop() {
		start := time.Now()
		m.Run(kerneltest.Parallel(workers))
		fastest = min(fastest, time.Since(start))
	}
	return fastest.Seconds()
}

// product prepares a product of random matrices.
func product(t testing.TB, l kernel.Level, workers int, typ Type, m, n, k int, act Activation) *Mul {
	t.Helper()
	w, err := Pack(l, kerneltest.Parallel(workers), typ, F32, bytesOf(kerneltest.Normal(n*k, 1)), n, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	mul, err := New(l, NewScratch(l, workers), Args{
		M: m, A: kerneltest.Normal(m*k, 2), LDA: k, B: w, C: make([]float32, m*n), LDC: n, Act: act,
	})
	if err != nil {
		t.Fatal(err)
	}
	return mul
}
