//go:build race

package decode

// longHours is less where each access to memory is watched.
const longHours = 1
