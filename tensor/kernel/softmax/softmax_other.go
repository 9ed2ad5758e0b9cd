//go:build !amd64

package softmax

import "github.com/dauys/dauys/tensor/kernel"

func rowMax(_ kernel.Level, x []float32) float32 { return portableMax(x) }

func expSum(_ kernel.Level, dst, x []float32, shift float32) float32 {
	return portableExpSum(dst, x, shift)
}

func sumExp(_ kernel.Level, x []float32, shift float32) float32 { return portableSumExp(x, shift) }

func scale(_ kernel.Level, x []float32, by float32) { portableScale(x, by) }

func shift(_ kernel.Level, dst, x []float32, by float32) { portableShift(dst, x, by) }
