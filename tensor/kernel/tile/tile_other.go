//go:build !amd64

package tile

import "github.com/dauys/dauys/tensor/kernel"

func vectors(kernel.Level, Matrix, Matrix, Matrix, int, int, int, bool) int { return 0 }

func dots(kernel.Level, []float32, []float32, Matrix) bool { return false }

func widen(kernel.Level, []float32, []uint16, int, int, int) bool { return false }
