package mapped

// Meta is what a file says beside its tensors. Values are string, bool, int64, uint64, float64, or slices that the
// reader documents.
type Meta map[string]any

// String gives a text value.
func (m Meta) String(key string) (string, bool) {
	s, ok := m[key].(string)
	return s, ok
}

// Int gives a whole number that fits an int.
func (m Meta) Int(key string) (int, bool) {
	switch v := m[key].(type) {
	case int64:
		return int(v), int64(int(v)) == v
	case uint64:
		return int(v), v < 1<<62
	}
	return 0, false
}

// Float gives a number.
func (m Meta) Float(key string) (float64, bool) {
	switch v := m[key].(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	}
	return 0, false
}
