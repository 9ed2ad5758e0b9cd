package conv1d

import "github.com/dauys/dauys/tensor/kernel"

//go:generate go run -C gen . -out ../depthwise_amd64.s -stubs ../stubs_amd64.go -pkg conv1d

// convolver gives the row routine of a level.
func convolver(l kernel.Level) convolve {
	switch l {
	case kernel.AVX512:
		return depthwiseAVX512
	case kernel.AVX2:
		return depthwiseAVX2
	}
	return depthwisePortable
}
