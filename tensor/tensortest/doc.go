// Package tensortest is the conformance suite that every device passes: each operation, over shapes that include 0, 1, odd and
// large sizes and strided views, against its definition in float64.
//
//	func TestConformance(t *testing.T) { tensortest.RunAll(t, dev) }
//	func TestRowsAreIndependent(t *testing.T) { tensortest.RunRows(t, open); tensortest.RunSequences(t, open) }
//
// A case builds a program of one or a few operations and states what it means in plain loops over float64 (the Want
// functions), apart from the runtime's own passes. Errors are measured against the largest |value| of the result.
package tensortest
