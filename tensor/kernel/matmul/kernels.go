package matmul

import "github.com/dauys/dauys/tensor/kernel"

// microkernel multiplies a fixed number of rows of A by a fixed number of panels of B:
// C[i][p*nr+j] (+)= Σ_k A[i][k]·B[p][k][j]. All distances are in bytes; add keeps what C holds. With one panel, panel
// is an address that the kernel fetches in advance, as many bytes as it reads of B.
type microkernel func(a *float32, lda uintptr, b *byte, panel uintptr, k uintptr, c *float32, ldc uintptr, add bool)

// stream multiplies few rows by panels in their storage type: many takes several panels at once, one a single panel.
type stream struct {
	panels    int
	many, one microkernel
}

// set is what one level brings.
type set struct {
	nr, mr int           // columns of a panel, most rows of a micro-kernel
	blockK int           // the longest k-block
	copied int           // values of A that a part copies together; with a panel's k-block they stay in the second-level cache
	tile   []microkernel // [rows-1]: f32, one panel

	stream [types][]stream // [type][rows-1]; empty: convert first
	expand [types]func(dst *float32, src *byte, n int)

	affine func(c *float32, n int, alpha float32, scale, bias *float32) // c = c·alpha·scale + bias; scale, bias may be nil
	add    func(c, r *float32, n int)                                   // c += r
}

// kernels gives the variants of a level; what this processor's architecture lacks falls back to the portable one.
func kernels(l kernel.Level) *set {
	if s := assembly(l); s != nil {
		return s
	}
	return &portable
}
