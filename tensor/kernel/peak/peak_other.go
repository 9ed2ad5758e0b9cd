//go:build !amd64

package peak

import "github.com/dauys/dauys/tensor/kernel"

func fma(kernel.Level) func(int) int { return portableFMA }

func reader(kernel.Level) func([]byte) { return portableRead }
