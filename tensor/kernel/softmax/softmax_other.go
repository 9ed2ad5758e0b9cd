//go:build !amd64

package softmax

import "github.com/dauys/dauys/tensor/kernel"

func rowMax(_ kernel.Level, x []float32) float32         { return portableMax(x) }
func rowSum(_ kernel.Level, x []float32) float32         { return portableSum(x) }
func scale(_ kernel.Level, dst, x []float32, by float32) { portableScale(dst, x, by) }
func shift(_ kernel.Level, dst, x []float32, by float32) { portableShift(dst, x, by) }
