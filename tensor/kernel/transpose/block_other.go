//go:build !amd64

package transpose

import "github.com/dauys/dauys/tensor/kernel"

func squares(kernel.Level, []float32, int, []float32, int, int, int) (r, c int) { return 0, 0 }
