package matmul

import (
	"errors"
	"fmt"
)

// Args describes a product. Row i of A starts at A[i*LDA]; rows may overlap (LDA < K).
type Args struct {
	M   int       // rows of A and C
	A   []float32 // [M, K]
	LDA int       // distance between rows of A, >= 0

	Window *Window // A is gathered from a signal instead of lying in rows; LDA is ignored
	B      *Packed // [K, N], a packed weight; or
	Dense  *Dense  // [K, N], an activation

	C   []float32 // [M, N]; must overlap neither A nor B
	LDC int       // distance between rows of C, >= N

	Alpha    float32    // factor of A·B; 0 means 1
	Bias     []float32  // [N], or nil
	Act      Activation // applied after the bias
	Residual []float32  // [M, N], added last, or nil; may be C itself where LDR = LDC
	LDR      int        // distance between rows of Residual

	Batch   int // independent products of these shapes; 0 means 1
	StrideA int // distance between the A of consecutive products; StrideB, StrideC and StrideR likewise
	StrideB int // of Dense.B; a packed weight is shared
	StrideC int
	StrideR int
}

// Dense is a right-hand side that is not packed in advance.
type Dense struct {
	B          []float32
	K, N       int
	LDB        int  // distance between rows of B
	Transposed bool // B lies as [N, K] instead of [K, N]
}

// Window describes the left-hand side of a convolution over a time-major signal [Time, Channels] that starts at Args.A[0].
// Row i holds, for each of Taps taps, Width channels of time i·Stride + tap·Dilation - Pad, or zeros outside of the signal.
// So K = Taps·Width.
type Window struct {
	Time, Channels int
	Taps, Width    int // Width <= Channels; a group of channels is chosen by where A starts
	Stride         int
	Pad            int // zero rows before the signal
	Dilation       int // 0 means 1
}

// shape gives the dimensions of B.
func (a *Args) shape() (k, n int) {
	if a.B != nil {
		return a.B.K, a.B.N
	}
	return a.Dense.K, a.Dense.N
}

func (a *Args) batch() int { return max(a.Batch, 1) }

// check finds what would read or write out of bounds.
func (a *Args) check() error {
	if (a.B == nil) == (a.Dense == nil) {
		return errors.New("matmul: give either B or Dense")
	}
	k, n := a.shape()
	if a.M < 0 || a.Batch < 0 || k < 0 || n < 0 || a.Act >= activations {
		return fmt.Errorf("matmul: bad shape: M %d, K %d, N %d, batch %d, activation %d", a.M, k, n, a.Batch, a.Act)
	}
	if a.Bias != nil && len(a.Bias) < n {
		return fmt.Errorf("matmul: bias has %d values, need %d", len(a.Bias), n)
	}
	if d := a.Dense; d != nil {
		rows, width := k, n
		if d.Transposed {
			rows, width = n, k
		}
		if err := a.fits("B", len(d.B), rows, width, d.LDB, a.StrideB); err != nil {
			return err
		}
	}
	if a.Window != nil {
		if err := a.checkWindow(k); err != nil {
			return err
		}
	} else if err := a.fits("A", len(a.A), a.M, k, a.LDA, a.StrideA); err != nil {
		return err
	}
	if a.LDC < n && a.M > 1 {
		return fmt.Errorf("matmul: rows of C overlap: LDC %d < N %d", a.LDC, n)
	}
	if a.Residual != nil {
		if err := a.fits("Residual", len(a.Residual), a.M, n, a.LDR, a.StrideR); err != nil {
			return err
		}
	}
	return a.fits("C", len(a.C), a.M, n, a.LDC, a.StrideC)
}

// fits reports whether a batch of [rows, width] matrices lies within have values.
func (a *Args) fits(name string, have, rows, width, ld, stride int) error {
	if ld < 0 || stride < 0 {
		return fmt.Errorf("matmul: %s: negative distance between rows (%d) or products (%d)", name, ld, stride)
	}
	if rows == 0 || width == 0 {
		return nil
	}
	if need := (a.batch()-1)*stride + (rows-1)*ld + width; have < need {
		return fmt.Errorf("matmul: %s has %d values, need %d", name, have, need)
	}
	return nil
}

func (a *Args) checkWindow(k int) error {
	w := a.Window
	if w.Time < 0 || w.Taps < 0 || w.Width < 0 || w.Width > w.Channels || w.Stride < 0 || w.Pad < 0 || w.Dilation < 0 {
		return fmt.Errorf("matmul: bad window %+v", *w)
	}
	if w.Taps*w.Width != k {
		return fmt.Errorf("matmul: window of %d taps x %d channels against K %d", w.Taps, w.Width, k)
	}
	return a.fits("A", len(a.A), w.Time, w.Width, w.Channels, a.StrideA)
}
