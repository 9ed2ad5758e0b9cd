package tensor

// layout gives every tensor its place.
func layout(*Graph) []Slot { return nil }

// place puts temporaries into the arena.
func place([]Step) int { return 0 }
