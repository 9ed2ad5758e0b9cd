package matmul

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C gen . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg matmul -tables ../tables_amd64.go

// Long k-blocks read and write C seldom, which matters more than that a panel's block (160 KiB for AVX-512) overflows the
// first-level cache: it streams from the second at a few bytes a cycle. The copied rows of A stay there too (AVX-512: 640 KiB
// of 1 MiB and more; AVX2, where the cache may be 512 KiB: 250).
var (
	avx512 = set{
		nr: 32, mr: 14, blockK: 1280, copied: 9 * 14 * (1280 + line),
		tile: tileAVX512, stream: streamAVX512,
		expand: [types]func(*float32, *byte, int){F16: expandAVX512F16, BF16: expandAVX512BF16, I8: expandAVX512I8},
		affine: affineAVX512, add: addAVX512,
	}
	avx2 = set{
		nr: 16, mr: 6, blockK: 640, copied: 16 * 6 * (640 + line),
		tile: tileAVX2, stream: streamAVX2,
		expand: [types]func(*float32, *byte, int){F16: expandAVX2F16, BF16: expandAVX2BF16, I8: expandAVX2I8},
		affine: affineAVX2, add: addAVX2,
	}
)

// assembly gives the variants written in assembly.
func assembly(l kernel.Level) *set {
	switch l {
	case kernel.AVX512:
		return &avx512
	case kernel.AVX2:
		return &avx2
	}
	return nil
}
