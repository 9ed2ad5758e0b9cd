package half

import "github.com/dauys/dauys/tensor/kernel"

func fromF16(kernel.Level, []float32, []uint16) int { return 0 }

func toF16(kernel.Level, []uint16, []float32) int { return 0 }
