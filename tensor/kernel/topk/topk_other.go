//go:build !amd64

package topk

import "github.com/dauys/dauys/tensor/kernel"

func above(_ kernel.Level, x []float32, least float32) int { return portableAbove(x, least) }
