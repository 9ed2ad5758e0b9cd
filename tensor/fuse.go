package tensor

// fuse merges operations.
func fuse(*Graph) {}
