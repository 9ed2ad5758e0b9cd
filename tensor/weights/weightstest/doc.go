// Package weightstest holds what the tests of weight readers share: the promises that every reader keeps, a builder of
// little-endian files, and a writer of PyTorch checkpoints.
package weightstest
