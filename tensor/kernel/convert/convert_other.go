//go:build !amd64

package convert

import "github.com/dauys/dauys/tensor/kernel"

func f16ToF32(_ kernel.Level, dst []float32, src []uint16)  { portableF16ToF32(dst, src) }
func f32ToF16(_ kernel.Level, dst []uint16, src []float32)  { portableF32ToF16(dst, src) }
func bf16ToF32(_ kernel.Level, dst []float32, src []uint16) { portableBF16ToF32(dst, src) }
func f32ToBF16(_ kernel.Level, dst []uint16, src []float32) { portableF32ToBF16(dst, src) }

func i8ToF32(_ kernel.Level, dst []float32, src []int8, scale float32) {
	portableI8ToF32(dst, src, scale)
}
