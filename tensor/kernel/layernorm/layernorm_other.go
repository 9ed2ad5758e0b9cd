//go:build !amd64

package layernorm

import "github.com/dauys/dauys/tensor/kernel"

func row(_ kernel.Level, out, x, gain, bias []float32, eps float32, center bool) {
	portableRow(out, x, gain, bias, eps, center)
}
