package peak

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C gen . -out ../peak_amd64.s -stubs ../stubs_amd64.go -pkg peak

// fma gives the routine of a level that runs multiply-adds and says how many operations they are.
func fma(l kernel.Level) func(int) int {
	switch l {
	case kernel.AVX512:
		return func(n int) int { fmaAVX512(n); return n * fmaChains * 16 * 2 }
	case kernel.AVX2:
		return func(n int) int { fmaAVX2(n); return n * fmaChains * 8 * 2 }
	}
	return portableFMA
}

const fmaChains = 12 // in gen too

// reader gives the routine of a level that reads memory.
func reader(l kernel.Level) func([]byte) {
	switch l {
	case kernel.AVX512:
		return func(p []byte) { readAVX512(&p[0], len(p)) }
	case kernel.AVX2:
		return func(p []byte) { readAVX2(&p[0], len(p)) }
	}
	return portableRead
}
