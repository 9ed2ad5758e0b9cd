//go:build !amd64

package conv1d

import "github.com/dauys/dauys/tensor/kernel"

// convolver gives the row routine of a level.
func convolver(kernel.Level) convolve { return depthwisePortable }
