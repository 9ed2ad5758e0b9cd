package pointwise

import "github.com/dauys/dauys/tensor/kernel"

func binary(_ kernel.Level, op Op, out, a, b []float32) { portableBinary(op, out, a, b) }

func unary(_ kernel.Level, op Op, out, a []float32, x, y float32) { portableUnary(op, out, a, x, y) }
