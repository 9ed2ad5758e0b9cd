//go:build !race

package decode

// longHours is the length of the recording that must not grow the memory.
const longHours = 10
