package tensor

// Param is a weight: a lazy view of a file. Fields of tensor/nn hold pointers to Params; the pointer is the weight's
// identity, so programs of one device that use the same *Param share its packed form.
type Param struct {
	Name  string // path in the model ("decoder.layers.0.fc1.weight"), for messages
	DType DType
	Shape []int
	// Load gives the values, contiguous, row-major, little-endian. They may alias a mapping of a file and are not written.
	// It is nil where only shapes matter (device null).
	Load func() ([]byte, error)
	// Release tells that the loaded bytes have been packed, so that their pages can be dropped. It may be nil.
	// Load may be called again afterwards.
	Release func()
	// Scale goes with I8: one f32 a row (the first dimension).
	Scale *Param
}

// Elements is the number of values.
func (p *Param) Elements() int { return elements(p.Shape) }

// String gives name, type and shape, for messages.
func (p *Param) String() string {
	if p == nil {
		return "none"
	}
	return p.Name + " " + p.DType.String() + shapeString(p.Shape)
}
