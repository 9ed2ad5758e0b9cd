package matmul

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C gen . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg matmul -tables ../tables_amd64.go

// Sizes: a k-block of a panel and the rows of one micro-kernel share the first-level cache, the copied rows of a part
// stay in the second (1 MiB and more a core).
var (
	avx512 = set{
		nr: 32, mr: 14, blockK: 256, blocks: 24,
		tile: tileAVX512, stream: streamAVX512,
		expand: [types]func(*float32, *byte, int){F16: expandAVX512F16, BF16: expandAVX512BF16, I8: expandAVX512I8},
		affine: affineAVX512, add: addAVX512,
	}
	avx2 = set{
		nr: 16, mr: 6, blockK: 256, blocks: 40,
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
